/** The connection string of Spark: what it says, what is refused, and that no secret is shown. */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import { formatAddress, parseAddress, type SparkAddress } from "../lib/spark/address.ts";

const PLAIN = { port: 15_002, tls: false, user: "cohort", headers: new Map() };

const ADDRESSES: readonly (readonly [text: string, address: SparkAddress])[] = [
  ["sc://localhost", { ...PLAIN, host: "localhost" }],
  ["sc://spark.example/", { ...PLAIN, host: "spark.example" }],
  ["SC://10.0.0.1:443", { ...PLAIN, host: "10.0.0.1", port: 443 }],
  ["sc://[::1]:15003/;", { ...PLAIN, host: "::1", port: 15_003 }],
  ["sc://a/;use_ssl=true", { ...PLAIN, host: "a", tls: true }],
  ["sc://a/;use_ssl=False;", { ...PLAIN, host: "a" }],
  ["sc://a/;token=t", { ...PLAIN, host: "a", tls: true, token: "t" }],
  [
    "sc://localhost/;token=t;use_ssl=false",
    { ...PLAIN, host: "localhost", token: "t" },
  ],
  [
    "sc://127.0.0.1/;use_ssl=false;token=a%3Bb=%20c",
    { ...PLAIN, host: "127.0.0.1", token: "a;b= c" },
  ],
  ["sc://a/;user_id=leila%20h", { ...PLAIN, host: "a", user: "leila h" }],
  ["sc://a/;x-cluster.id=7", {
    ...PLAIN,
    host: "a",
    headers: new Map([["x-cluster.id", "7"]]),
  }],
];

for (const [text, address] of ADDRESSES) {
  Deno.test(`parseAddress() of ${text}`, () => {
    assert.deepEqual(parseAddress(text), address);
  });
}

const FORM = "Write sc://host:15002, or sc://host:15002/;use_ssl=true;token=…";
const KNOWN = "Known are token=…, use_ssl=true, user_id=…, and x-…=… for headers";

const REFUSED: readonly (readonly [text: string, what: string, hint: string])[] = [
  ["", '"" is no connection string of Spark Connect', FORM],
  ["spark://a:7077", '"spark://a:7077" is no connection string of Spark Connect', FORM],
  ["sc://", '"sc://" is no connection string of Spark Connect', FORM],
  ["sc://a:0", '"sc://a:0" is no connection string of Spark Connect', FORM],
  ["sc://a:65536", '"sc://a:65536" is no connection string of Spark Connect', FORM],
  ["sc://a:x", '"sc://a:x" is no connection string of Spark Connect', FORM],
  ["sc://a/b", '"sc://a/b" is no connection string of Spark Connect', FORM],
  ["sc://a;token=SECRET", '"sc://a" is no connection string of Spark Connect', FORM],
  ["sc://a?SECRET", '"sc://a" is no connection string of Spark Connect', FORM],
  ["sc://me:SECRET@a", '"…@a" is no connection string of Spark Connect', FORM],
  ["sc://a/;SECRET", "A parameter has no name or no value", KNOWN],
  ["sc://a/;token=", "A parameter has no name or no value", KNOWN],
  ["sc://a/;=SECRET", "A parameter has no name or no value", KNOWN],
  ["sc://a/;Token=SECRET", "There is no parameter Token", KNOWN],
  ["sc://a/;session_id=1", "There is no parameter session_id", KNOWN],
  ["sc://a/;use_ssl=yes", 'use_ssl cannot be "yes"', "Give true or false"],
  [
    "sc://a/;token=SECRET%0A",
    "token cannot be sent",
    "Write it in ASCII, with %25 for a percent sign and %3B for a semicolon",
  ],
  [
    "sc://a/;token=SECRET%",
    "token cannot be sent",
    "Write it in ASCII, with %25 for a percent sign and %3B for a semicolon",
  ],
  [
    "sc://127.0.0.1/;use_ssl=true",
    "TLS needs the name of the server, and 127.0.0.1 is an address",
    "Write the name that its certificate has, or use_ssl=false if it has none",
  ],
  [
    "sc://[::1]/;token=SECRET",
    "TLS needs the name of the server, and ::1 is an address",
    "Write the name that its certificate has, or use_ssl=false if it has none",
  ],
  [
    "sc://spark.example/;token=SECRET;use_ssl=false",
    "The token would go to spark.example without encryption",
    "Leave use_ssl=false out, or make a tunnel and connect to localhost",
  ],
];

for (const [text, what, hint] of REFUSED) {
  Deno.test(`parseAddress() refuses ${text}`, () => {
    const message = `Cannot use the connection string: ${what}`;
    assert.throws(
      () => parseAddress(text),
      new PipelineError("usage", message, { hint }),
    );
  });
}

Deno.test("formatAddress() shows no secret, and an address in brackets", () => {
  const format = (text: string) => formatAddress(parseAddress(text));
  assert.equal(format("sc://a:1/;token=SECRET"), "a:1");
  assert.equal(format("sc://[::1]"), "[::1]:15002");
});
