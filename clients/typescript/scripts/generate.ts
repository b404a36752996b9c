// Makes src/schema.ts and src/operations.ts from docs/openapi.yaml. With `--check` it writes nothing, and fails if a
// file differs.

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";

import openapiTS, { astToString } from "openapi-typescript";
import { parse } from "yaml";

interface Parameter {
  in: string;
  name: string;
}

interface Operation {
  parameters?: Parameter[];
  security?: Record<string, string[]>[];
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

const METHODS = ["get", "put", "post", "delete", "patch"];
const HEAD = "// Made from docs/openapi.yaml by `npm run generate`. Do not edit.\n";

const document = new URL("../../../docs/openapi.yaml", import.meta.url);
const openapi = parse(await readFile(document, "utf8")) as OpenApi;
const files = {
  "schema.ts": `${HEAD}\n${astToString(await openapiTS(document, { alphabetize: true }))}`,
  "operations.ts": operationsFile(openapi),
};

for (const [name, text] of Object.entries(files)) {
  const file = new URL(`../src/${name}`, import.meta.url);
  if (!process.argv.includes("--check")) {
    await writeFile(file, text);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`clients/typescript/src/${name} is not what docs/openapi.yaml says: run \`npm run generate\` there`);
    process.exitCode = 1;
  }
}

function operationsFile(openapi: OpenApi): string {
  const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({ name: `${method.toUpperCase()} ${path}`, ...item[method] })),
  );
  const withKey = operations.filter(({ parameters = [] }) => parameters.some(isIdempotencyKey));
  const withToken = operations.filter(({ security = [] }) => security.some((scheme) => "token" in scheme));
  const names = (chosen: { name: string }[]) => chosen.map(({ name }) => `  ${JSON.stringify(name)},\n`).sort().join("");
  return `${HEAD}
/** Operations that take an \`Idempotency-Key\`. */
export const OPERATIONS_WITH_KEY: ReadonlySet<string> = new Set([
${names(withKey)}]);

/** Operations that need a token. */
export const OPERATIONS_WITH_TOKEN: ReadonlySet<string> = new Set([
${names(withToken)}]);

/** All codes of problems. */
export type ProblemCode =
${[...problemCodes(openapi.paths)].sort().map((code) => `  | ${JSON.stringify(code)}`).join("\n")};
`;
}

function isIdempotencyKey(parameter: Parameter): boolean {
  return parameter.in === "header" && parameter.name === "Idempotency-Key";
}

/** The values of every `code` in the schemas of problems. */
function problemCodes(value: unknown, inProblem = false): Set<string> {
  const codes = new Set<string>();
  if (typeof value !== "object" || value === null) {
    return codes;
  }
  for (const [key, member] of Object.entries(value)) {
    if (inProblem && key === "code" && Array.isArray(member?.enum)) {
      member.enum.forEach((code: string) => codes.add(code));
    }
    problemCodes(member, inProblem || key === "application/problem+json").forEach((code) => codes.add(code));
  }
  return codes;
}
