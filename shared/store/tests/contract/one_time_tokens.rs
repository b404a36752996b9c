use souk_store::{OneTimeToken, TokenPurpose};
use souk_testkit::{Database, user};

use crate::accounts::email;
use crate::orders::NOW;
use crate::{Stores, at_once};

fn token(hash: &str, purpose: TokenPurpose) -> OneTimeToken {
    OneTimeToken::new(hash.to_owned(), purpose, email("ann@example.com"), NOW.plus_seconds(60))
}

#[tokio::test]
async fn a_token_is_known_for_its_purpose_until_it_expires() {
    for database in Database::each().await {
        let tokens = Stores::on(&database).one_time_tokens;
        let invitation = OneTimeToken {
            user_id: Some(user(1)),
            credentials_version: Some(3),
            invitation_id: Some(user(7).as_str().parse().expect("an id")),
            ..token("a", TokenPurpose::Invitation)
        };
        tokens.create(&invitation).await.expect("written");
        tokens.create(&token("b", TokenPurpose::VerifyAddress)).await.expect("written");
        let get = async |hash, purpose, now| tokens.get(hash, purpose, now).await.expect("read");
        let take = async |hash, purpose, now| tokens.take(hash, purpose, now).await.expect("answered");

        assert_eq!(get("a", TokenPurpose::Invitation, NOW).await, Some(invitation.clone()));
        for (hash, purpose, now) in [
            ("a", TokenPurpose::ResetPassword, NOW),
            ("b", TokenPurpose::ResetPassword, NOW),
            ("b", TokenPurpose::SecondFactorChallenge, NOW),
            ("a", TokenPurpose::Invitation, NOW.plus_seconds(60)),
            ("c", TokenPurpose::Invitation, NOW),
        ] {
            assert_eq!(get(hash, purpose, now).await, None, "{hash} {purpose:?}");
            assert_eq!(take(hash, purpose, now).await, None, "{hash} {purpose:?} on {}", database.implementation);
        }
        assert_eq!(take("a", TokenPurpose::Invitation, NOW.plus_seconds(59)).await, Some(invitation));
        assert_eq!(get("a", TokenPurpose::Invitation, NOW).await, None);
        assert!(get("b", TokenPurpose::VerifyAddress, NOW).await.is_some(), "reading does not use it up");
    }
}

#[tokio::test]
async fn a_token_is_used_once() {
    for database in Database::each().await {
        let tokens = Stores::on(&database).one_time_tokens;
        for purpose in [
            TokenPurpose::VerifyAddress,
            TokenPurpose::ResetPassword,
            TokenPurpose::Invitation,
            TokenPurpose::SecondFactorChallenge,
        ] {
            tokens.create(&token("a", purpose)).await.expect("written");
            let taken = at_once(6, |_| {
                let tokens = tokens.clone();
                Box::pin(async move { tokens.take("a", purpose, NOW).await.expect("answered") })
            })
            .await;
            let taken: Vec<_> = taken.into_iter().flatten().collect();
            assert_eq!(taken, [token("a", purpose)], "{}", database.implementation);
        }
    }
}
