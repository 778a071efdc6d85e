/**
 * Reads the PEM files of a connection, and refuses before any connection what a broker would
 * refuse less clearly: a key that all may read, one without its password, one that belongs
 * to another certificate, a certificate whose time is over. No error shows a key.
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { PipelineError, systemReason } from "../errors.ts";
import type { Identity, Tls } from "./connection.ts";

/** A PEM text with its name for errors: of a file, or of the setting that holds it. */
export interface Pem {
  readonly name: string;
  readonly text: string;
}

/** The PEM texts of a connection. */
export interface TlsTexts {
  readonly authorities: Pem;
  /** Absent where the client does not say who it is. */
  readonly identity?: { readonly certificate: Pem; readonly key: Pem };
  /** Of an encrypted key. */
  readonly password?: string | undefined;
}

const NEW_ONES = "make new ones with: deno task certs --force";

/**
 * Returns the text of a PEM file.
 *
 * @param setting What names another file, for the hint.
 * @throws {PipelineError} If it cannot be read.
 */
export function readPem(path: string, setting: string): Pem {
  try {
    return { name: path, text: Deno.readTextFileSync(path) };
  } catch (cause) {
    throw new PipelineError("usage", `Cannot read ${path}: ${systemReason(cause)}`, {
      hint: `Make it with deno task certs, or say where yours is with ${setting}`,
      cause,
    });
  }
}

/**
 * Refuses a file with a secret that every user of the machine may read or change; Windows
 * has no such permissions.
 *
 * @throws {PipelineError} If they may; it shows what mends it.
 */
export function refuseOpenFile(path: string, secret: string): void {
  if (Deno.build.os === "windows") return;
  if (((Deno.statSync(path).mode ?? 0) & 0o007) === 0) return;
  throw new PipelineError(
    "usage",
    `Everybody on this machine may read ${secret}${path}`,
    {
      hint: `Mend it with: chmod 600 ${quoted(path)}`,
    },
  );
}

/** Returns the path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/**
 * Returns what a connection needs, its key decrypted.
 *
 * @param now For certificates whose time is over.
 * @throws {PipelineError} If a text is no PEM of its kind, the certificate is not good now,
 * the key's password is missing or wrong, or it is not the key of the certificate.
 */
export function parseTls(texts: TlsTexts, now: Date): Tls {
  const { authorities, identity, password } = texts;
  parseCertificate(authorities);
  if (identity === undefined) return { authorities: authorities.text };
  return {
    authorities: authorities.text,
    identity: parseIdentity({ ...identity, password }, now),
  };
}

function parseIdentity(
  { certificate, key, password }: NonNullable<TlsTexts["identity"]> & {
    readonly password: string | undefined;
  },
  now: Date,
): Identity {
  const parsed = parseCertificate(certificate);
  refuseUntimely(parsed, certificate.name, now);
  const opened = parseKey(key, password);
  if (!parsed.checkPrivateKey(opened)) {
    throw new PipelineError(
      "usage",
      `The key ${key.name} is not the key of ${certificate.name}`,
      { hint: `Take the two that were made together, or ${NEW_ONES}` },
    );
  }
  return {
    certificate: certificate.text,
    key: opened.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

function parseCertificate(pem: Pem): X509Certificate {
  const start = pem.text.indexOf(BEGIN_CERTIFICATE); // some stand below an explanation
  if (start < 0) throw notPem(pem, "certificate");
  try {
    return new X509Certificate(pem.text.slice(start));
  } catch (cause) {
    throw notPem(pem, "certificate", cause);
  }
}

function notPem(
  { name }: Pem,
  what: "certificate" | "key",
  cause?: unknown,
): PipelineError {
  const [begin, command] = what === "key"
    ? ["-----BEGIN PRIVATE KEY-----", "pkey"]
    : [BEGIN_CERTIFICATE, "x509"];
  return new PipelineError("usage", `Cannot use ${name}: it holds no PEM ${what}`, {
    hint: `It must have a line ${begin}; from DER: openssl ${command} -inform der`,
    cause,
  });
}

function refuseUntimely(certificate: X509Certificate, name: string, now: Date): void {
  const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const what = now > until
    ? `has expired on ${day(until)}`
    : now < from
    ? `is good only from ${day(from)} on`
    : undefined;
  if (what === undefined) return;
  throw new PipelineError("usage", `The certificate ${name} ${what}`, {
    hint: `Check this machine's clock, ask for a new certificate, or ${NEW_ONES}`,
  });
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

const KEY = /-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----[^]*?-----END \1-----/;

function parseKey(pem: Pem, password: string | undefined): KeyObject {
  const { name } = pem;
  const key = KEY.exec(pem.text)?.[0]; // a certificate may stand beside it
  if (key === undefined) throw notPem(pem, "key");
  const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(key);
  if (!isEncrypted) {
    try {
      return createPrivateKey(key);
    } catch (cause) {
      throw notPem(pem, "key", cause);
    }
  }
  const hint = "Give it as ssl.key.password in kafka.properties, or as the variable " +
    "COHORT_SSL_KEY_PASSWORD";
  if (password === undefined) {
    throw new PipelineError("usage", `The key ${name} needs its password`, { hint });
  }
  try {
    return createPrivateKey({ key, passphrase: Buffer.from(password) });
  } catch (cause) {
    throw new PipelineError("usage", `The password does not open the key ${name}`, {
      hint,
      cause,
    });
  }
}
