"""Prints how many resources of each type template.yaml becomes on AWS, and fails above the budget.

    count_resources.py template.yaml

CloudFormation takes at most 500 resources in a stack, and the SAM transform makes several of one function. The transform
here is the one that AWS runs (aws-sam-translator), so the numbers are those of a deployment.
"""

import collections
import os
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

# Raised by a dated decision in docs/decisions.md only.
BUDGET = 450
# Above this, split the stack: CloudFormation's limit is 500.
HARD_STOP = 450


def uploaded(template):
    """The transform takes code that lies in S3, where `sam deploy` uploads it."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return template


def transformed(path):
    with open(path, encoding="utf-8") as file:
        template = uploaded(yaml_parse(file.read()))
    return Translator({}, Parser()).translate(template, parameter_values={})


def main(path):
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator asks for one
    types = collections.Counter(resource["Type"] for resource in transformed(path)["Resources"].values())
    for kind, count in types.most_common():
        print(f"{count:5} {kind}")
    total = types.total()
    limit = min(BUDGET, HARD_STOP)
    print(f"{total:5} resources; the budget is {BUDGET}, the hard stop {HARD_STOP}")
    if total > limit:
        sys.exit(f"{path} makes {total} resources, more than {limit}")


if __name__ == "__main__":
    main(sys.argv[1])
