/** The certificates: what they say, who may read them, what is never overwritten. */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { makeAuthority } from "../lib/kafka/certificates.ts";
import { diskTest, processTest, put, runCommandProcess, runHere } from "./support.ts";

const NAMES = ["broker.pem", "ca.pem", "service.cert", "service.key"];
const read = (path: string): string => Deno.readTextFileSync(path);
const modeOf = (path: string): number => Deno.statSync(path).mode! & 0o777;

/** Returns the certificate in the file, wherever it stands there. */
function certificate(path: string): X509Certificate {
  const text = read(path);
  return new X509Certificate(text.slice(text.indexOf("-----BEGIN CERTIFICATE")));
}

diskTest("certs makes certificates that one authority vouches for", async (folder) => {
  const { code, stdout, stderr } = await runHere(["certs", "--out", `${folder}/certs`]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Written, good for 365 days:\n +.*ca\.pem +whom both sides trust\n/,
  );

  const ca = certificate(`${folder}/certs/ca.pem`);
  assert.ok(ca.ca && ca.verify(ca.publicKey));
  for (
    const [name, key] of [["broker.pem", "broker.pem"], ["service.cert", "service.key"]]
  ) {
    const issued = certificate(`${folder}/certs/${name}`);
    assert.ok(issued.verify(ca.publicKey), `${name} is signed by the authority`);
    assert.ok(!issued.ca);
    const pem = read(`${folder}/certs/${key}`).split("-----BEGIN CERT")[0]!;
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----/, "PKCS#8");
    assert.ok(issued.checkPrivateKey(createPrivateKey(pem)), `${key} is its key`);
    assert.equal(new Date(issued.validTo).toISOString(), "2027-01-31T12:00:00.000Z");
    assert.equal(new Date(issued.validFrom).toISOString(), "2026-01-31T11:00:00.000Z");
  }
  const broker = certificate(`${folder}/certs/broker.pem`);
  assert.equal(broker.subjectAltName, "IP Address:127.0.0.1, DNS:localhost");
  assert.equal(certificate(`${folder}/certs/service.cert`).subjectAltName, undefined);
});

diskTest(
  "certs writes no key that others may read, and never the authority's",
  async (folder) => {
    const out = `${folder}/new/certs`;
    const { stdout } = await runHere(["certs", "--out", out]);
    assert.deepEqual([...Deno.readDirSync(out)].map(({ name }) => name).sort(), NAMES);
    const keys = NAMES.filter((name) => read(`${out}/${name}`).includes("PRIVATE KEY"));
    assert.deepEqual(keys, ["broker.pem", "service.key"]);
    for (const name of keys) {
      for (
        const line of read(`${out}/${name}`).split("\n").filter((line) =>
          line.length > 60
        )
      ) {
        assert.ok(!stdout.includes(line));
      }
    }
    if (Deno.build.os === "windows") return;
    for (const name of keys) assert.equal(modeOf(`${out}/${name}`), 0o600, name);
    assert.equal(modeOf(out), 0o700);
  },
);

diskTest("certs replaces nothing without --force, and all of it with", async (folder) => {
  const old = put(folder, "service.key", "an old key");
  Deno.chmodSync(old, 0o644);
  const refused = await runHere(["certs", "--out", folder]);
  assert.deepEqual([refused.code, refused.stdout], [6, ""]);
  assert.equal(
    refused.stderr,
    `error: There are certificates in ${folder}: service.key\n` +
      "       Keep them, or put new ones in their place with --force\n",
  );
  assert.deepEqual([...Deno.readDirSync(folder)].length, 1);
  assert.equal(read(old), "an old key");

  assert.equal((await runHere(["certs", "--out", folder, "--force"])).code, 0);
  assert.match(read(old), /PRIVATE KEY/);
  if (Deno.build.os !== "windows") assert.equal(modeOf(old), 0o600);
});

diskTest("certs refuses a link in a file's place, even with --force", async (folder) => {
  put(folder, "elsewhere", "precious");
  Deno.symlinkSync(`${folder}/elsewhere`, `${folder}/service.key`);
  const { code, stderr } = await runHere(["certs", "--out", folder, "--force"]);
  assert.equal(code, 6);
  assert.match(stderr, /service\.key: it is a symbolic link\n/);
  assert.equal(read(`${folder}/elsewhere`), "precious");
});

diskTest("certs takes hosts and days", async (folder) => {
  const hosts = "kafka.example, *.lab.example,10.1.2.3,::1";
  const args = ["certs", "--out", folder, "--hosts", hosts, "--days", "2"];
  assert.equal((await runHere(args)).code, 0);
  const broker = certificate(`${folder}/broker.pem`);
  assert.match(
    broker.subjectAltName!,
    /^DNS:kafka\.example, DNS:\*\.lab\.example, IP Address:10\.1\.2\.3, IP Address:[0:]+1$/,
  );
  assert.equal(new Date(broker.validTo).toISOString(), "2026-02-02T12:00:00.000Z");
});

const USAGE:
  readonly (readonly [args: readonly string[], first: string, second: string])[] = [
    ...["", "a,,b", "http://x", "-a", "a b"].map((hosts) =>
      [
        [`--hosts=${hosts}`],
        `--hosts cannot be "${hosts}"`,
        "Give names and addresses with commas between them: 127.0.0.1,localhost",
      ] as const
    ),
    [["--days", "0"], '--days cannot be "0"', "Give a whole number from 1 to 3650"],
    [["--days", "9999"], '--days cannot be "9999"', "Give a whole number from 1 to 3650"],
    [["--out="], '--out cannot be ""', "Give a folder"],
  ];

for (const [args, first, second] of USAGE) {
  Deno.test(`certs ${args.join(" ")} ends with 2`, async () => {
    const { code, stdout, stderr } = await runHere(["certs", ...args]);
    assert.equal(stderr, `error: ${first}\n       ${second}\n`);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}

processTest("certs needs no more than the permissions of its task", async (folder) => {
  const { code, stderr } = await runCommandProcess(["certs", "--out", `${folder}/certs`]);
  assert.equal(code, 0, stderr);
});

Deno.test("makeAuthority() gives each certificate a number and a key of its own", async () => {
  const time = { from: new Date("2026-01-01"), until: new Date("2027-01-01") };
  const authority = await makeAuthority({ name: "a", ...time });
  const [one, two] = await Promise.all(
    ["b", "b"].map((name) => authority.issue({ name, ...time })),
  );
  assert.notEqual(one!.key, two!.key);
  const numbers = [one, two].map((it) =>
    new X509Certificate(it!.certificate).serialNumber
  );
  assert.notEqual(numbers[0], numbers[1]);
});
