/**
 * Certificates for mutual TLS: an authority of its own, and what it vouches for. The
 * authority's key is never written down, so nobody can sign with it later.
 */
import { isIP } from "node:net";
import type * as X509 from "@peculiar/x509";
import type { Identity } from "./connection.ts";

/** How long a certificate is good, and who it says it is. */
export interface Subject {
  /** The common name: "cohort-broker". */
  readonly name: string;
  /** Host names and addresses that it answers for; a client needs none. */
  readonly hosts?: readonly string[];
  readonly from: Date;
  readonly until: Date;
}

/** Signs certificates that {@linkcode Authority.certificate} proves. */
export interface Authority {
  /** PEM; whoever trusts it trusts all that the authority has signed. */
  readonly certificate: string;
  /** Returns a new certificate: for servers too where the subject has hosts. */
  issue(subject: Subject): Promise<Identity>;
}

/** What a broker and a client need to know each other. */
export interface Certificates {
  /** The authority's certificate: whom both trust. */
  readonly authority: string;
  readonly broker: Identity;
  readonly service: Identity;
}

/** What {@linkcode makeCertificates} needs to know. */
export interface CertificateOptions {
  /** Host names and addresses under which the broker is reached. */
  readonly hosts: readonly string[];
  readonly days: number;
  readonly now: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Certificates begin a little earlier: another machine's clock may be behind, in ms. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

/** Returns new certificates for a broker and a client, by an authority of their own. */
export async function makeCertificates(
  { hosts, days, now }: CertificateOptions,
): Promise<Certificates> {
  const from = new Date(now.getTime() - CLOCK_SKEW_MS);
  const until = new Date(now.getTime() + days * DAY_MS);
  const authority = await makeAuthority({ name: "cohort-ca", from, until });
  const [broker, service] = await Promise.all([
    authority.issue({ name: "cohort-broker", hosts, from, until }),
    authority.issue({ name: "cohort-service", from, until }),
  ]);
  return { authority: authority.certificate, broker, service };
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Returns an authority that lives as long as the object. */
export async function makeAuthority(subject: Subject): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [subject.name] }],
    notBefore: subject.from,
    notAfter: subject.until,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: pem(authority),
    issue: (subject) => issue(x509, { authority, key: keys.privateKey }, subject),
  };
}

async function issue(
  x509: typeof X509,
  signer: { readonly authority: X509.X509Certificate; readonly key: CryptoKey },
  { name, hosts = [], from, until }: Subject,
): Promise<Identity> {
  const keys = await generateKeys();
  const usages = [x509.ExtendedKeyUsage.clientAuth]; // a broker is its controller's client
  if (hosts.length > 0) usages.push(x509.ExtendedKeyUsage.serverAuth);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: signer.authority.subject,
    notBefore: from,
    notAfter: until,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.authority),
      ...hosts.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName))],
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: pem(certificate),
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}

function alternativeName(host: string): X509.JsonGeneralName {
  return { type: isIP(host) === 0 ? "dns" : "ip", value: host };
}

function pem(certificate: X509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** Loads the package when certificates are made, and not before. */
async function loadX509(): Promise<typeof X509> {
  await import("reflect-metadata"); // the package's own parts are put together by it
  return await import("@peculiar/x509");
}
