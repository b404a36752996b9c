//! Tables, queues, buckets, logs and secrets: encryption, protection, ends of life.

use serde_yaml_ng::Value;

use crate::document::{Template, named};

#[test]
fn every_bucket_is_private_encrypted_and_expires_its_objects() {
    let template = Template::read();
    let policies = template.resources("AWS::S3::BucketPolicy");
    let buckets = template.resources("AWS::S3::Bucket");
    assert!(!buckets.is_empty());
    for (id, bucket) in buckets {
        let blocked = bucket["PublicAccessBlockConfiguration"].as_mapping().expect("a block of public access");
        assert!(blocked.len() == 4 && blocked.values().all(|value| *value == true), "{id}");
        assert!(!bucket["BucketEncryption"].is_null(), "{id} is not encrypted");
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_sequence().expect("rules");
        let ends = |rule: &Value| rule["ExpirationInDays"].is_number() && rule["Prefix"].is_null();
        assert!(rules.iter().any(ends), "{id} keeps everything");
        assert!(rules.iter().any(|rule| !rule["AbortIncompleteMultipartUpload"].is_null()), "{id}");
        let policy = policies.values().find(|policy| named(&policy["Bucket"]) == Some(id)).expect("a policy");
        let refuses_plain = |statement: &Value| {
            statement["Effect"] == "Deny" && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        };
        let statements = policy["PolicyDocument"]["Statement"].as_sequence().expect("statements");
        assert!(statements.iter().any(refuses_plain), "{id} answers without TLS");
    }
}

/// Every resource that keeps data takes the shop's own key, and no table of a shop can be deleted by mistake.
#[test]
fn data_at_rest_takes_the_shops_key_and_tables_are_protected() {
    let template = Template::read();
    let yaml = |value: &Value| serde_yaml_ng::to_string(value).expect("YAML");
    for (kind, property) in [
        ("AWS::DynamoDB::Table", "SSESpecification"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::S3::Bucket", "BucketEncryption"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
    ] {
        let resources = template.resources(kind);
        assert!(!resources.is_empty(), "{kind}");
        for (id, properties) in resources {
            let encryption = yaml(&properties[property]);
            assert!(encryption.contains("HasKmsKey") && encryption.contains("KmsKeyArn"), "{id}: {encryption}");
        }
    }
    for (id, table) in template.resources("AWS::DynamoDB::Table") {
        let protection = &table["DeletionProtectionEnabled"];
        match id {
            "LimitsTable" => assert_eq!(*protection, false, "it goes with the stack"),
            _ => assert!(yaml(protection).contains("IsProtected"), "{id}"),
        }
    }
    for (id, bucket) in template.resources("AWS::S3::Bucket") {
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled", "{id}");
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_sequence().expect("rules");
        assert!(rules.iter().any(|rule| !rule["NoncurrentVersionExpiration"].is_null()), "{id} keeps old versions");
    }
}
