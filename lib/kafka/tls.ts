/**
 * Reads the PEM files of a connection, and refuses before any connection what a broker would
 * refuse less clearly: a key that all may read, one without its password, one that belongs
 * to another certificate, a certificate whose time is over. No error shows a key.
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { PipelineError, systemReason } from "../errors.ts";
import type { Tls } from "./connection.ts";

/** A PEM text: the path of its file, or the text itself where a setting holds it. */
export type Pem = string | { readonly text: string; readonly setting: string };

/** Where the three PEM texts of a connection are. */
export interface TlsPlaces {
  readonly authorities: Pem;
  readonly certificate: Pem;
  readonly key: Pem;
  /** Of an encrypted key. */
  readonly password?: string | undefined;
}

const NEW_ONES = "make new ones with: deno task certs --force";

/**
 * Returns the texts, the key decrypted.
 *
 * @param now For certificates whose time is over.
 * @throws {PipelineError} If a file is missing, holds no PEM of its kind, a certificate is not
 * good now, all may read the key, its password is missing or wrong, or it is not the key of
 * the certificate.
 */
export function readTls(places: TlsPlaces, now: Date): Tls {
  const authorities = read(places.authorities, "ssl.ca.location");
  const certificate = read(places.certificate, "ssl.certificate.location");
  const keyText = read(places.key, "ssl.key.location");
  parseCertificate(authorities, places.authorities);
  const parsed = parseCertificate(certificate, places.certificate);
  refuseUntimely(parsed, places.certificate, now);
  refuseOpenKey(places.key);
  const key = parseKey(keyText, places);
  if (!parsed.checkPrivateKey(key)) {
    throw new PipelineError(
      "usage",
      `The key ${nameOf(places.key)} is not the key of ${nameOf(places.certificate)}`,
      { hint: `Take the two that were made together, or ${NEW_ONES}` },
    );
  }
  return {
    authorities,
    certificate,
    key: key.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** Returns how the PEM is called in errors. */
function nameOf(pem: Pem): string {
  return typeof pem === "string" ? pem : pem.setting;
}

function read(pem: Pem, setting: string): string {
  if (typeof pem !== "string") return pem.text;
  try {
    return Deno.readTextFileSync(pem);
  } catch (cause) {
    throw new PipelineError("usage", `Cannot read ${pem}: ${systemReason(cause)}`, {
      hint: `Make it with deno task certs, or say where yours is with ${setting}`,
      cause,
    });
  }
}

function parseCertificate(text: string, pem: Pem): X509Certificate {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw notPem(pem, "certificate");
  try {
    return new X509Certificate(text.slice(text.indexOf("-----BEGIN CERTIFICATE-----")));
  } catch (cause) {
    throw notPem(pem, "certificate", cause);
  }
}

function notPem(pem: Pem, what: "certificate" | "key", cause?: unknown): PipelineError {
  const [command, begin] = what === "key"
    ? ["pkey", "PRIVATE KEY"]
    : ["x509", "CERTIFICATE"];
  return new PipelineError(
    "usage",
    `Cannot use ${nameOf(pem)}: it holds no PEM ${what}`,
    {
      hint: `It should hold a line -----BEGIN ${begin}-----; ` +
        `turn DER into PEM with: openssl ${command} -inform der`,
      cause,
    },
  );
}

function refuseUntimely(certificate: X509Certificate, pem: Pem, now: Date): void {
  const [from, until] = [certificate.validFrom, certificate.validTo].map((text) =>
    new Date(text)
  );
  const what = now > until!
    ? `expired on ${day(until!)}`
    : now < from!
    ? `is good from ${day(from!)} on only`
    : undefined;
  if (what === undefined) return;
  throw new PipelineError("usage", `The certificate ${nameOf(pem)} ${what}`, {
    hint: `Check this machine's clock, ask for a new one, or ${NEW_ONES}`,
  });
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Refuses a key that every user of the machine may read; Windows has no such bits. */
function refuseOpenKey(pem: Pem): void {
  if (typeof pem !== "string" || Deno.build.os === "windows") return;
  if (((Deno.statSync(pem).mode ?? 0) & 0o007) === 0) return;
  throw new PipelineError("usage", `Everybody on this machine may read the key ${pem}`, {
    hint: `Mend it with: chmod 600 ${quoted(pem)}`,
  });
}

/** Returns the path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function parseKey(text: string, { key, password }: TlsPlaces): KeyObject {
  if (!/-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/.test(text)) throw notPem(key, "key");
  const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text);
  if (isEncrypted && password === undefined) {
    throw new PipelineError("usage", `The key ${nameOf(key)} needs a password`, {
      hint: "Give it as ssl.key.password in kafka.properties or COHORT_SSL_KEY_PASSWORD",
    });
  }
  try {
    const passphrase = isEncrypted ? Buffer.from(password!) : undefined;
    return createPrivateKey({ key: text, ...(passphrase && { passphrase }) });
  } catch (cause) {
    if (!isEncrypted) throw notPem(key, "key", cause);
    throw new PipelineError(
      "usage",
      `The password is not that of the key ${nameOf(key)}`,
      {
        hint: "Mend ssl.key.password, or COHORT_SSL_KEY_PASSWORD",
        cause,
      },
    );
  }
}
