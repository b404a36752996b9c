// Makes src/schema.ts and src/operations.ts from docs/openapi.yaml. With `--check` it writes nothing, and fails if a
// file differs.

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";

import openapiTS, { astToString } from "openapi-typescript";
import { parse } from "yaml";

interface Schema {
  type?: string | string[];
}

interface Parameter {
  in: string;
  name: string;
  style?: string;
  explode?: boolean;
  schema?: Schema;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  security?: Record<string, string[]>[];
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

const METHODS = ["get", "put", "post", "delete", "patch"];
const JSON_TYPE = "application/json";
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
  const mediaTypes = operations.flatMap((operation) => {
    const mediaType = mediaTypeOf(operation);
    return mediaType === JSON_TYPE ? [] : [`  ${JSON.stringify([operation.name, mediaType]).replace(",", ", ")},\n`];
  });
  const lists = [...namesOfLists(operations.flatMap(({ parameters = [] }) => parameters))].map((name) => ({ name }));
  return `${HEAD}
/** Operations that take an \`Idempotency-Key\`. */
export const OPERATIONS_WITH_KEY: ReadonlySet<string> = new Set([
${names(withKey)}]);

/** Operations that need a token. */
export const OPERATIONS_WITH_TOKEN: ReadonlySet<string> = new Set([
${names(withToken)}]);

/** Operations whose body is not JSON, with its media type. */
export const OPERATIONS_WITH_MEDIA_TYPE: ReadonlyMap<string, string> = new Map([
${mediaTypes.sort().join("")}]);

/** Query parameters that are lists with commas (\`explode: false\`). */
export const PARAMETERS_WITH_COMMAS: ReadonlySet<string> = new Set([
${names(lists)}]);

/** All codes of problems. */
export type ProblemCode =
${[...problemCodes(openapi.paths)].sort().map((code) => `  | ${JSON.stringify(code)}`).join("\n")};
`;
}

function isIdempotencyKey(parameter: Parameter): boolean {
  return parameter.in === "header" && parameter.name === "Idempotency-Key";
}

/** The media type of an operation's body. */
function mediaTypeOf({ name, requestBody }: Operation & { name: string }): string {
  const [mediaType = JSON_TYPE, ...others] = Object.keys(requestBody?.content ?? {});
  const isString = requestBody?.content[mediaType]?.schema?.type === "string";
  if (others.length > 0 || isString !== (mediaType !== JSON_TYPE)) {
    throw new Error(`${name}: src/serialize.ts supports bodies of one media type: JSON, or text. A JSON body is no string`);
  }
  return mediaType;
}

/** The names of the lists with commas among query parameters. src/serialize.ts knows no more of them. */
function namesOfLists(parameters: Parameter[]): Set<string> {
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const lists = new Set(inQuery.filter(({ explode }) => explode === false).map(({ name }) => name));
  for (const { name, style = "form", explode, schema } of inQuery) {
    if (style !== "form" || (lists.has(name) && !(explode === false && schema?.type === "array"))) {
      throw new Error(`${name}: src/serialize.ts supports "style: form", and "explode: false" of arrays only`);
    }
  }
  return lists;
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
