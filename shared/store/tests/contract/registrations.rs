use souk_domain::ids::UserId;
use souk_store::{GuestLinkOutcome, REGISTRATION_SECONDS, Registration};
use souk_testkit::{Database, SeededRandom, user};

use crate::Stores;
use crate::accounts::email;
use crate::orders::NOW;

/// A registration of Ann's address this long after the first.
fn registration(seconds: i64) -> Registration {
    let now = NOW.plus_seconds(seconds);
    let random = SeededRandom::new(seconds.unsigned_abs());
    Registration {
        email: email("ann@example.com"),
        user_id: UserId::new(now, &random),
        password_hash: format!("$argon2id${seconds}"),
        created_at: now,
        registration_key: Some(format!("key-{seconds}")),
        guest_ids: Vec::new(),
        expires_at: now.plus_seconds(REGISTRATION_SECONDS).as_seconds(),
    }
}

impl Stores {
    async fn registered(&self) -> Vec<Registration> {
        self.registrations.list(&email("ann@example.com")).await.expect("listed")
    }
}

#[tokio::test]
async fn an_address_has_several_registrations_and_the_newest_is_found() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (first, second, stranger) = (registration(0), registration(60), user(9));
        let newest = async |now| stores.registrations.newest(&first.email, now).await.expect("read");
        assert!(newest(NOW).await.is_none());
        for registration in [&second, &first] {
            stores.registrations.put(registration).await.expect("written");
        }
        assert!(newest(NOW).await == Some(second.clone()), "{}", database.implementation);
        assert!(stores.registered().await == [first.clone(), second.clone()], "oldest first");
        let get = async |id, now| stores.registrations.get(&first.email, id, now).await.expect("read");
        assert!(get(&first.user_id, NOW).await == Some(first.clone()));
        assert!(get(&stranger, NOW).await.is_none());
        assert!(stores.registrations.newest(&email("bob@example.com"), NOW).await.expect("read").is_none());

        let (late, too_late) = (NOW.plus_seconds(REGISTRATION_SECONDS), NOW.plus_seconds(REGISTRATION_SECONDS + 60));
        assert!(get(&first.user_id, late).await.is_none(), "expired, though TTL is late");
        assert!(newest(late).await == Some(second.clone()) && newest(too_late).await.is_none());

        for _ in 0..2 {
            stores.registrations.delete(&second.email, &second.user_id).await.expect("deleted");
            assert!(newest(NOW).await == Some(first.clone()), "{}", database.implementation);
        }
    }
}

#[tokio::test]
async fn strangers_who_register_an_address_often_take_no_registration_away() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        for seconds in 0..25 {
            stores.registrations.put(&registration(seconds)).await.expect("written");
        }
        let kept: Vec<_> = stores.registered().await.into_iter().map(|kept| kept.created_at).collect();
        assert_eq!(kept, (0..25).map(|n| NOW.plus_seconds(n)).collect::<Vec<_>>(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn guests_are_added_to_a_registration() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let pending = registration(0);
        let add = async |guest| {
            stores.registrations.add_guest(&pending.email, &pending.user_id, &guest).await.expect("answered")
        };
        assert_eq!(add(user(101)).await, GuestLinkOutcome::NotFound);
        assert!(stores.registered().await.is_empty(), "nothing is made");
        stores.registrations.put(&pending).await.expect("written");
        for guest in [101, 102, 101] {
            assert_eq!(add(user(guest)).await, GuestLinkOutcome::Linked);
        }
        let expected = Registration { guest_ids: vec![user(101), user(102)], ..pending };
        assert!(stores.registered().await == [expected], "{}", database.implementation);
    }
}
