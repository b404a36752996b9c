use souk_domain::account::{Account, Email, Role};
use souk_domain::effects::Clock;
use souk_store::{RegistrationOutcome, RoleChangeOutcome};
use souk_testkit::{Database, FixedClock, user};

use crate::Stores;

fn email(address: &str) -> Email {
    address.parse().expect("an address")
}

fn account(number: u32, address: &str) -> Account {
    Account {
        user_id: user(number),
        email: email(address),
        password_hash: format!("$argon2id${number}"),
        role: Role::Shopper,
        created_at: FixedClock::new().now(),
        registration_key: Some(format!("key-{number}")),
    }
}

#[tokio::test]
async fn an_account_is_found_by_address_and_by_id() {
    for database in Database::each().await {
        let users = Stores::on(&database).users;
        let ann = account(1, "ann@example.com");
        assert_eq!(users.register(&ann).await.expect("written"), RegistrationOutcome::Registered);

        let found = users.get(&ann.user_id).await.expect("read").expect("an account");
        assert_eq!((&found.user_id, &found.email, found.role), (&ann.user_id, &ann.email, Role::Shopper));
        assert_eq!(found.created_at, ann.created_at);
        let credentials = users.credentials(&ann.email).await.expect("read").expect("an account");
        assert_eq!((&credentials.user_id, credentials.role), (&ann.user_id, Role::Shopper));
        assert_eq!(credentials.password_hash, ann.password_hash);
        assert_eq!(credentials.registration_key, ann.registration_key);

        assert_eq!(users.get(&user(2)).await.expect("read"), None);
        assert!(users.credentials(&email("bob@example.com")).await.expect("read").is_none());
    }
}

#[tokio::test]
async fn an_address_is_taken_once() {
    for database in Database::each().await {
        let users = Stores::on(&database).users;
        let (first, second) = (account(1, "ann@example.com"), account(2, "ann@example.com"));
        assert_eq!(users.register(&first).await.expect("written"), RegistrationOutcome::Registered);
        assert_eq!(users.register(&second).await.expect("refused"), RegistrationOutcome::EmailTaken);
        assert_eq!(users.get(&second.user_id).await.expect("read"), None, "the refused account was not created");
        let credentials = users.credentials(&first.email).await.expect("read").expect("an account");
        assert_eq!(credentials.user_id, first.user_id);
    }
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_address() {
    for database in Database::each().await {
        let users = Stores::on(&database).users;
        let attempts: Vec<_> = (1..=8)
            .map(|number| {
                let users = users.clone();
                tokio::spawn(async move { users.register(&account(number, "ann@example.com")).await })
            })
            .collect();
        let mut done = 0;
        for attempt in attempts {
            if attempt.await.expect("ran").expect("answered") == RegistrationOutcome::Registered {
                done += 1;
            }
        }
        assert_eq!(done, 1, "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_role_changes_in_both_items() {
    for database in Database::each().await {
        let users = Stores::on(&database).users;
        let ann = account(1, "ann@example.com");
        let bob = account(2, "bob@example.com");
        for account in [&ann, &bob] {
            assert_eq!(users.register(account).await.expect("written"), RegistrationOutcome::Registered);
        }
        let set = async |user_id, email| users.set_role(user_id, email, Role::Staff).await.expect("answered");
        assert_eq!(set(&ann.user_id, &ann.email).await, RoleChangeOutcome::Changed);
        assert_eq!(set(&ann.user_id, &ann.email).await, RoleChangeOutcome::Changed, "twice is no error");
        assert_eq!(users.get(&ann.user_id).await.expect("read").map(|user| user.role), Some(Role::Staff));
        let credentials = users.credentials(&ann.email).await.expect("read").expect("an account");
        assert_eq!(credentials.role, Role::Staff);
        assert_eq!(credentials.password_hash, ann.password_hash);

        assert_eq!(
            set(&bob.user_id, &ann.email).await,
            RoleChangeOutcome::AccountNotFound,
            "the address of another account"
        );
        assert_eq!(set(&user(3), &email("eve@example.com")).await, RoleChangeOutcome::AccountNotFound);
        assert_eq!(users.get(&bob.user_id).await.expect("read").map(|user| user.role), Some(Role::Shopper));
        assert_eq!(users.get(&user(3)).await.expect("read"), None, "nothing is made");
    }
}
