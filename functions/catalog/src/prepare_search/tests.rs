//! Tests with a fake CloudFormation, a fake control plane, and a fake or real domain.

use serde_json::{Value, json};
use souk_search::SearchQuery;
use souk_testkit::{FakeAws, SeededRandom};

use super::*;
use crate::fixture::{HttpServer, TestIndex};

const DOMAIN_ARN: &str = "arn:aws:es:us-east-1:000000000000:domain/souk-search";

/// The control plane, which names this endpoint; none yet if it is empty.
fn control_plane(endpoint: String) -> FakeAws {
    FakeAws::start(move |_, _| {
        let mut status = json!({ "DomainId": "1/souk-search", "DomainName": "souk-search", "ARN": DOMAIN_ARN });
        status["ClusterConfig"] = json!({});
        if !endpoint.is_empty() {
            status["Endpoint"] = json!(endpoint);
        }
        (200, json!({ "DomainStatus": status }))
    })
}

/// CloudFormation, which takes any response.
async fn cloudformation() -> HttpServer {
    HttpServer::start(json!({})).await
}

fn prepare_search(control_plane: &FakeAws, alias: &str) -> PrepareSearch {
    let random = Arc::new(SeededRandom::new(7));
    PrepareSearch {
        domains: aws_sdk_opensearch::Client::new(&control_plane.sdk_config()),
        sdk: control_plane.sdk_config(),
        random,
        alias: alias.to_owned(),
        shards: 1,
        limits: SearchLimits::of_search(1_500),
        within: Duration::ZERO,
    }
}

async fn handle(prepare: &PrepareSearch, request_type: &str, response_url: &str) -> Result<(), Error> {
    let request = json!({
        "RequestType": request_type,
        "ResponseURL": response_url,
        "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/souk/1",
        "RequestId": "request-1",
        "ResourceType": "Custom::PreparedSearch",
        "LogicalResourceId": "PreparedSearch",
        "PhysicalResourceId": "an-earlier-domain",
        "ResourceProperties": { "ServiceToken": "arn:…", "DomainName": "souk-search" },
    });
    prepare.handle(serde_json::from_value(request).expect("a request"), Timestamp::from_millis(0)).await
}

/// The only response that CloudFormation got.
fn response_to(cloudformation: &HttpServer) -> Value {
    let [response] = &cloudformation.bodies()[..] else { panic!("{:?}", cloudformation.bodies()) };
    assert_eq!(response["RequestId"], "request-1");
    assert_eq!(response["LogicalResourceId"], "PreparedSearch");
    assert_eq!(response["StackId"], "arn:aws:cloudformation:us-east-1:000000000000:stack/souk/1");
    response.clone()
}

#[tokio::test]
async fn a_new_stack_gets_an_index_and_the_endpoint() {
    let Some(scratch) = TestIndex::new() else { return };
    let endpoint = scratch.url().trim_start_matches("http://").to_owned();
    let domains = control_plane(endpoint.clone());
    let prepare = prepare_search(&domains, &scratch.alias);
    for request_type in ["Create", "Update"] {
        let cloudformation = cloudformation().await;
        handle(&prepare, request_type, &cloudformation.url).await.expect("answered");
        let response = response_to(&cloudformation);
        assert_eq!(response["Status"], "SUCCESS", "{response}");
        assert_eq!(response["PhysicalResourceId"], "souk-search");
        assert_eq!(response["Data"], json!({ "Endpoint": endpoint, "DomainArn": DOMAIN_ARN }));
    }
    assert_eq!(scratch.find(&SearchQuery::default()).await, [""; 0]);
    scratch.remove().await;
}

#[tokio::test]
async fn a_domain_that_does_not_answer_fails_the_stack_with_a_reason() {
    for (endpoint, reason) in [("", "has no endpoint yet"), ("127.0.0.1:1", "search is unavailable")] {
        let (domains, cloudformation) = (control_plane(endpoint.to_owned()), cloudformation().await);
        let prepare = prepare_search(&domains, "unused");
        handle(&prepare, "Create", &cloudformation.url).await.expect("answered");
        let response = response_to(&cloudformation);
        assert_eq!(response["Status"], "FAILED");
        assert!(response["Reason"].as_str().is_some_and(|text| text.contains(reason)), "{response}");
    }
}

#[tokio::test]
async fn a_control_plane_that_refuses_fails_the_stack_with_its_code() {
    let refused = json!({ "__type": "ResourceNotFoundException", "message": "Domain not found" });
    let (domains, cloudformation) = (FakeAws::start(move |_, _| (409, refused.clone())), cloudformation().await);
    handle(&prepare_search(&domains, "unused"), "Create", &cloudformation.url).await.expect("answered");
    let response = response_to(&cloudformation);
    assert_eq!(response["Status"], "FAILED");
    assert_eq!(response["Reason"], "DescribeDomain of souk-search: ResourceNotFoundException");
}

#[tokio::test]
async fn deleting_touches_nothing() {
    let (domains, cloudformation) = (control_plane(String::new()), cloudformation().await);
    handle(&prepare_search(&domains, "unused"), "Delete", &cloudformation.url).await.expect("answered");
    let response = response_to(&cloudformation);
    assert_eq!(response["Status"], "SUCCESS");
    assert_eq!(response["PhysicalResourceId"], "an-earlier-domain");
    assert_eq!(domains.calls().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_not_taken_fails_the_invocation_and_hides_the_url() {
    let (domains, url) = (control_plane(String::new()), "http://127.0.0.1:1/secret-token");
    let error = handle(&prepare_search(&domains, "unused"), "Delete", url).await.expect_err("not taken");
    assert!(!error.to_string().contains("secret-token"), "{error}");
}
