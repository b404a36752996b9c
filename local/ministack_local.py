"""MiniStack as Souk's local AWS. `cargo xtask up` starts it and configures it through the environment.

    ministack_local.py HOME    # HOME only marks the process, so that `cargo xtask down` can find it

Added to MiniStack 1.5.33:
- the routes, integrations, authorizers and CORS of an HTTP API come from its OpenAPI Body, which the SAM transform
  creates from HttpApi events;
- the SAM transform gets the stack's parameters; MiniStack gives it none, and it would take their defaults, such as those
  of origins;
- a request comes from the first address of its X-Forwarded-For, so that tests can be many clients; MiniStack calls every
  client 127.0.0.1, and limits for an address would stop the tests;
- a warm call takes 3 ms instead of 97;
- idle processes of functions cost no processor time;
- an alarm on a metric expression is created, but never evaluated; MiniStack refuses it;
- numeric properties of a domain stay numbers if they come from a parameter, which CloudFormation passes as text;
- a restored stack uses the current search port, not the saved one;
- stream records are saved with the state: MiniStack saves the read position of each stream but not its records, so after
  a restart it would skip as many changes as were read before;
- a stream batch with reported failures is delivered again as a whole; MiniStack treats it as done, and would lose the
  failed records (AWS delivers it again from the first failure on);
- with AUTH=true, requests count as sent over TLS, which the local stack does not have: the imports bucket refuses others;
- with AUTH=true, calls of OpenSearch Service and SES name their resource, which MiniStack takes for `*`, and the condition
  key ses:FromAddress is known;
- with AUTH=true, policies are parsed once, not at every call;
- GET /_souk/permissions lists which permissions functions used, and which were refused; POST lists and forgets them;
- saving takes a fifth of the time: json.dumps runs in C where json.dump does not;
- SIGUSR1 saves the state at once, as SIGTERM does at the end, and then touches STATE_DIR/saved.
"""

import collections
import contextlib
import contextvars
import copy
import email.utils
import functools
import json
import logging
import os
import pathlib
import queue
import re
import signal
import socket
import socketserver
import sys
import types

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence
from ministack.services import dynamodb, lambda_svc, opensearch, sts
from ministack.services.cloudformation import changesets, engine
from ministack.services.cloudformation import handlers as stack_handlers
from ministack.services.cloudformation import provisioners as cfn
from samtranslator.translator import transform as sam

# How long a thread waits that is woken anyway, in seconds.
PATIENCE = 10
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"}


def import_authorizers(api_id, body, stack_name):
    """Creates the authorizers that the Body declares; returns {name: authorizer id}."""
    authorizers = {}
    for name, scheme in ((body.get("components") or {}).get("securitySchemes") or {}).items():
        spec = scheme.get("x-amazon-apigateway-authorizer") or {}
        source = spec.get("identitySource", "$request.header.Authorization")
        props = {
            "ApiId": api_id,
            "Name": name,
            "AuthorizerType": "REQUEST" if spec.get("type") == "request" else "JWT",
            "IdentitySource": [s.strip() for s in source.split(",")] if isinstance(source, str) else source,
            "AuthorizerUri": spec.get("authorizerUri", ""),
            "AuthorizerPayloadFormatVersion": str(spec.get("authorizerPayloadFormatVersion", "2.0")),
            "AuthorizerResultTtlInSeconds": spec.get("authorizerResultTtlInSeconds", 300),
            "EnableSimpleResponses": spec.get("enableSimpleResponses", False),
        }
        authorizers[name], _ = cfn._apigw_v2_authorizer_create(name, props, stack_name)
    return authorizers


def import_route(api_id, path, method, operation, authorizers, stack_name):
    """Creates one route of the Body and the integration behind it."""
    uri = operation["x-amazon-apigateway-integration"]["uri"]
    integration, _ = cfn._apigw_v2_integration_create(path, {"ApiId": api_id, "IntegrationUri": uri}, stack_name)
    verb = "ANY" if method.startswith("x-") else method.upper()
    key = "$default" if path == "/$default" else f"{verb} {path}"
    scheme = next((name for entry in operation.get("security") or [] for name in entry if name in authorizers), None)
    props = {
        "ApiId": api_id,
        "RouteKey": key,
        "Target": f"integrations/{integration}",
        "AuthorizationType": "CUSTOM" if scheme else "NONE",
        "AuthorizerId": authorizers.get(scheme),
    }
    cfn._apigw_v2_route_create(key, props, stack_name)


def import_body(api_id, body, stack_name):
    """Replaces all routes of the API by those of the Body, as AWS does on create and update."""
    for store in (cfn._apigw_v2._routes, cfn._apigw_v2._integrations, cfn._apigw_v2._authorizers):
        store[api_id] = {}
    if body.get("x-amazon-apigateway-cors"):
        cfn._apigw_v2._apis[api_id]["corsConfiguration"] = body["x-amazon-apigateway-cors"]
    authorizers = import_authorizers(api_id, body, stack_name)
    for path, operations in (body.get("paths") or {}).items():
        for method, operation in operations.items():
            if method in METHODS:
                import_route(api_id, path, method, operation, authorizers, stack_name)


def add_body_import():
    """Makes CloudFormation's AWS::ApiGatewayV2::Api read its Body."""
    handlers = cfn._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    api_create, api_update = handlers["create"], handlers["update"]

    def create(logical_id, props, stack_name):
        made = api_create(logical_id, props, stack_name)
        if props.get("Body"):
            import_body(made[0], props["Body"], stack_name)
        return made

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        made = api_update(physical_id, old_props, new_props, stack_name, logical_id)
        if new_props.get("Body"):
            import_body(made[0], new_props["Body"], stack_name)
        return made

    handlers["create"], handlers["update"] = create, update


def give_sam_the_parameters():
    transforms, translate = engine._apply_transforms, sam.transform

    def apply_transforms(template, provided_params=None, previous_params=None):
        values = engine._transform_parameters(template, provided_params, previous_params)
        sam.transform = lambda fragment, _, policies: translate(fragment, values, policies)
        try:
            return transforms(template, provided_params, previous_params)
        finally:
            sam.transform = translate

    for module in (changesets, stack_handlers):
        module._apply_transforms = apply_transforms


def keep_numbers_of_domains():
    def with_numbers(value):
        if isinstance(value, dict):
            return {name: with_numbers(inner) for name, inner in value.items()}
        return int(value) if isinstance(value, str) and value.isdigit() else value

    create_payload = cfn._opensearch_create_payload

    def create_payload_with_numbers(props, domain_name):
        numbers = {name: with_numbers(props[name]) for name in ("EBSOptions", "ClusterConfig") if name in props}
        return create_payload({**props, **numbers}, domain_name)

    cfn._opensearch_create_payload = create_payload_with_numbers


def keep_alarms_on_expressions():
    make_record = cfn._cw_metric_alarm_record

    def make_record_with_metrics(name, props):
        if not props.get("Metrics"):
            return make_record(name, props)
        record = make_record(name, {**props, "Metrics": None, "MetricName": "expression", "Namespace": "expression"})
        return record | {"MetricName": "", "Namespace": "", "Metrics": props["Metrics"]}

    cfn._cw_metric_alarm_record = make_record_with_metrics


def follow_search_port():
    """Replaces the saved endpoint of the domain by the current one everywhere in the state: in the domain, in the attributes
    of the stack's resources, and in the variables of the functions."""
    load_state = app.load_state

    def replace(value, old):
        if hasattr(value, "_data"):  # MiniStack's dictionaries, each with the accounts as keys
            value._data = replace(value._data, old)
            return value
        if isinstance(value, dict):
            return {name: replace(inner, old) for name, inner in value.items()}
        if isinstance(value, list):
            return [replace(inner, old) for inner in value]
        return opensearch.ENDPOINT_OVERRIDE if isinstance(value, str) and value in old else value

    @functools.cache
    def old_endpoints():
        domains = (load_state("opensearch") or {}).get("domains")
        return {domain["Endpoint"] for domain in getattr(domains, "_data", {}).values()} - {opensearch.ENDPOINT_OVERRIDE}

    def load_state_with_endpoint(service):
        state = load_state(service)
        return replace(state, old_endpoints()) if old_endpoints() else state

    app.load_state = load_state_with_endpoint


def keep_stream_records():
    get_state, load_state = dynamodb.get_state, dynamodb.load_persisted_state
    kept = ("_stream_records", "_stream_trimmed")

    def get_state_with_streams():
        # Shallow copies: a record never changes, and copying 40,000 of them blocks the server for seconds.
        return get_state() | {name: copy_of_lists(getattr(dynamodb, name)) for name in kept}

    def copy_of_lists(store):
        copied = copy.copy(store)
        copied._data = {key: list(value) if isinstance(value, list) else value for key, value in store._data.items()}
        return copied

    def load_state_with_streams(data):
        load_state(data)
        for name in kept:
            getattr(dynamodb, name).update((data or {}).get(name, {}))

    dynamodb.get_state, dynamodb.load_persisted_state = get_state_with_streams, load_state_with_streams


def repeat_failed_stream_batches():
    execute = lambda_svc._execute_function

    def execute_and_check(func, event):
        result = execute(func, event)
        records = event.get("Records") if isinstance(event, dict) else None
        body = result.get("body")
        of_a_stream = bool(records) and records[0].get("eventSource") == "aws:dynamodb"
        if of_a_stream and isinstance(body, dict) and body.get("batchItemFailures"):
            return result | {"error": True}
        return result

    lambda_svc._execute_function = execute_and_check


def take_client_addresses():
    execute = lambda_svc._execute_function

    def execute_for_client(func, event):
        context = event.get("requestContext") if isinstance(event, dict) else None
        forwarded = (event.get("headers") or {}).get("x-forwarded-for") if context else None
        if forwarded and "http" in context:
            context["http"]["sourceIp"] = forwarded.split(",")[0].strip()
        return execute(func, event)

    lambda_svc._execute_function = execute_for_client


def remove_call_delays():
    """Nagle's algorithm holds back the event's body, and the worker waits 50 ms for a line on standard error that a
    silent function never writes."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    for worker in vars(lambda_runtime).values():
        if hasattr(worker, "_drain_stderr_bounded"):
            worker._drain_stderr_bounded.__defaults__ = (0.001, 0.001, 0.250)


def wait_without_polling():
    """Two threads of each process of a function look 10 times a second whether it has ended. Of 200 processes, which a test of
    contention leaves for five minutes, they keep the thread that serves every request from its turn for seconds."""

    class PatientQueue(queue.Queue):
        def get(self, block=True, timeout=None):
            is_of_events = self.maxsize == 1
            return super().get(block, PATIENCE if is_of_events and timeout else timeout)

    def shutdown_at_once(server):
        server._BaseServer__shutdown_request = True
        with contextlib.suppress(OSError):
            socket.create_connection(server.server_address, timeout=1).close()  # ends its wait
        server._BaseServer__is_shut_down.wait()

    serve_forever = socketserver.ThreadingTCPServer.serve_forever
    socketserver.ThreadingTCPServer.serve_forever = lambda server, poll_interval: serve_forever(server, PATIENCE)
    socketserver.ThreadingTCPServer.shutdown = shutdown_at_once
    lambda_runtime.queue = types.SimpleNamespace(**{**vars(queue), "Queue": PatientQueue})


def count_as_tls():
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _secure_transport: pin(source_ip, True)


def parse_policies_once():
    parse = iam_evaluator.parse_policy_document
    parse_text = functools.lru_cache(maxsize=4096)(parse)
    iam_evaluator.parse_policy_document = lambda doc: parse_text(doc) if isinstance(doc, str) else parse(doc)


MAIL_SENDER = contextvars.ContextVar("souk_mail_sender", default=None)


def know_resources():
    """The ARNs of what MiniStack takes for `*`, and the sender of a mail for the condition key ses:FromAddress."""
    extract = iam_actions.extract_resource_arn

    def extract_known(service, method, path, headers, body, query_params, region, account_id):
        domain = re.search(r"/opensearch/domain/([a-z0-9-]+)", path)
        if service in ("es", "opensearch") and domain:
            return f"arn:aws:es:{region}:{account_id}:domain/{domain[1]}"
        if service == "ses" and path.endswith("/outbound-emails"):
            MAIL_SENDER.set(sender_of(body))
            return f"arn:aws:ses:{region}:{account_id}:identity/{MAIL_SENDER.get()}"
        return extract(service, method, path, headers, body, query_params, region, account_id)

    iam_actions.extract_resource_arn = extract_known


def sender_of(body):
    try:
        return email.utils.parseaddr(json.loads(body)["FromEmailAddress"])[1]
    except (ValueError, KeyError, TypeError):
        return ""  # SES refuses the request


# (function, action, resource, "allowed" or "denied") -> how often
PERMISSIONS = collections.Counter()
# Maximum entries of PERMISSIONS, because each object has its own resource. Further ones are not counted.
PERMISSIONS_LIMIT = 50_000
PERMISSIONS_PATH = "/_souk/permissions"


def count_permissions():
    enforce = iam_evaluator.enforce

    def enforce_and_count(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        if iam_action == "ses:SendEmail" and MAIL_SENDER.get():
            service_context = {**(service_context or {}), "ses:FromAddress": MAIL_SENDER.get()}
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        session = sts._sessions.get(access_key_id)
        if session is not None:
            function = session["Arn"].rsplit("/", 1)[-1]
            entry = (function, iam_action, resource_arn, "denied" if denied else "allowed")
            if entry in PERMISSIONS or len(PERMISSIONS) < PERMISSIONS_LIMIT:
                PERMISSIONS[entry] += 1
        return denied

    iam_evaluator.enforce = enforce_and_count


def list_permissions():
    handle = app._handle_pre_body_request

    async def handle_and_list(method, path, headers, query_params, request_id):
        if path != PERMISSIONS_PATH:
            return await handle(method, path, headers, query_params, request_id)
        names = ("function", "action", "resource", "decision", "count")
        listed = [dict(zip(names, (*entry, count))) for entry, count in PERMISSIONS.items()]
        if method == "POST":
            PERMISSIONS.clear()
        return 200, {"Content-Type": "application/json"}, json.dumps(listed).encode()

    app._handle_pre_body_request = handle_and_list


def save_quickly():
    def dump(value, file, **options):
        file.write(json.dumps(value, **options))

    persistence.json = types.SimpleNamespace(**{**vars(json), "dump": dump})


def save_on_signal(*_):
    """A killed MiniStack loses unsaved state, so `up` requests a save once the shop is filled."""
    try:
        persistence.save_all(app._build_persistence_save_dict())
        pathlib.Path(os.environ["STATE_DIR"], "saved").touch()
    except Exception:  # a failed save must not end the server: the one at SIGTERM follows
        logging.getLogger("souk").exception("could not save the state")


if __name__ == "__main__":
    sys.argv = sys.argv[:1]  # HOME only marks the process; MiniStack refuses unknown arguments
    add_body_import()
    give_sam_the_parameters()
    keep_numbers_of_domains()
    keep_alarms_on_expressions()
    follow_search_port()
    keep_stream_records()
    repeat_failed_stream_batches()
    take_client_addresses()
    remove_call_delays()
    wait_without_polling()
    count_as_tls()
    parse_policies_once()
    know_resources()
    count_permissions()
    list_permissions()
    save_quickly()
    signal.signal(signal.SIGUSR1, save_on_signal)
    app.main()
