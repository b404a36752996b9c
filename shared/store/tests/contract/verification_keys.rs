use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::signing_key::VerificationKey;
use souk_testkit::Database;

use crate::Stores;

/// The TTL of a stored key.
async fn ttl(database: &Database, kid: &str) -> Option<AttributeValue> {
    let request = database.client.get_item().table_name(database.table("verificationkeys"));
    let item = request.key("kid", AttributeValue::S(kid.to_owned())).send().await.expect("read").item;
    item.expect("a key").remove("expires_at")
}

#[tokio::test]
async fn keys_are_stored_with_their_times_and_expire_a_day_after_their_end() {
    for database in Database::each().await {
        let keys = Stores::on(&database).verification_keys;
        assert_eq!(keys.list().await.expect("listed"), []);
        let (old, new) = (VerificationKey::new("old".to_owned(), 100), VerificationKey::new("new".to_owned(), 200));
        for key in [&old, &new] {
            keys.put(key).await.expect("written");
        }
        assert_eq!(ttl(&database, &old.kid).await, None, "a key without an end stays");
        let ended = VerificationKey { signs_until: Some(200), not_after: Some(1_160), ..old };
        keys.put(&ended).await.expect("written");
        assert_eq!(ttl(&database, &ended.kid).await, Some(AttributeValue::N("87560".to_owned())));
        let mut listed = keys.list().await.expect("listed");
        listed.sort_by_key(|key| key.not_before);
        assert_eq!(listed, [ended.clone(), new.clone()], "{}", database.implementation);
        let later = VerificationKey { not_after: Some(2_000), ..ended.clone() };
        let unending = VerificationKey { signs_until: None, not_after: None, ..ended.clone() };
        for prolonged in [later, unending] {
            keys.put(&prolonged).await.expect("answered");
        }
        let stored = keys.list().await.expect("listed");
        assert!(stored.contains(&ended), "the earliest end counts: {stored:?}");
        let earlier = VerificationKey { not_after: Some(300), ..ended };
        keys.put(&earlier).await.expect("written");
        assert!(keys.list().await.expect("listed").contains(&earlier));
    }
}
