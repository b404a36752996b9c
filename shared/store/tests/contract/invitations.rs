use souk_domain::permission::Role;
use souk_store::Invitation;
use souk_testkit::{Database, user};

use crate::Stores;
use crate::accounts::email;
use crate::orders::NOW;

fn invitation() -> Invitation {
    Invitation {
        invitation_id: user(7).as_str().parse().expect("an id"),
        email: email("ann@example.com"),
        user_id: Some(user(1)),
        credentials_version: Some(3),
        roles: vec![Role::Stock, Role::Support],
        grant_expires_at: Some(NOW.plus_seconds(86_400)),
        invited_by: user(9),
        expires_at: NOW.plus_seconds(60).as_seconds(),
    }
}

#[tokio::test]
async fn an_invitation_is_that_of_its_address_until_it_expires() {
    for database in Database::each().await {
        let invitations = Stores::on(&database).invitations;
        let stored = invitation();
        invitations.create(&stored).await.expect("written");
        let get = async |id, address, now| invitations.get(id, &email(address), now).await.expect("read");
        let id = &stored.invitation_id;
        let (last, end) = (NOW.plus_seconds(59), NOW.plus_seconds(60));
        assert_eq!(get(id, "ann@example.com", last).await, Some(stored.clone()), "{}", database.implementation);
        assert_eq!(get(id, "ann@example.com", end).await, None, "expired, though TTL is late");
        assert_eq!(get(id, "bob@example.com", NOW).await, None);
        let unknown = user(8).as_str().parse().expect("an id");
        assert_eq!(get(&unknown, "ann@example.com", NOW).await, None);
    }
}
