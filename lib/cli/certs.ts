/**
 * `certs`: makes the certificates by which a broker and its clients know each other.
 */
import { isIP } from "node:net";
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";
import { type Certificates, makeCertificates } from "../kafka/certificates.ts";
import type { Command } from "./command.ts";
import { type Effects, print, printable } from "./effects.ts";
import { readSettings, toggle, type Values, wholeNumber } from "./settings.ts";

const HOST_NAME =
  /^(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const hostsOf = (list: string): string[] => list.split(",").map((host) => host.trim());

const settings = {
  hosts: {
    value: "LIST",
    help: "The names and addresses of the broker (127.0.0.1,localhost)",
    schema: z.string().refine(
      (list) => hostsOf(list).every((host) => isIP(host) > 0 || HOST_NAME.test(host)),
      "Give names and addresses with commas between them: 127.0.0.1,localhost",
    ).default("127.0.0.1,localhost"),
  },
  days: {
    value: "N",
    help: "How long they are good (365)",
    schema: wholeNumber(1, 3650).default(365),
  },
  out: {
    value: "FOLDER",
    help: "Where they go (certs)",
    schema: z.string().min(1, "a folder").default("certs"),
  },
  force: toggle("Put new ones in the place of those that are there"),
  debug: toggle("Show where an error comes from"),
} as const;

/** The command. */
export const certsCommand: Command = {
  summary: "Makes the certificates for mutual TLS between the broker and its clients.",
  settings,
  run: (args, effects) =>
    run(readSettings(settings, { args, env: effects.env }), effects),
};

/** Each file: what it holds, and whether it is for the owner's eyes only. */
const FILES: readonly {
  readonly name: string;
  readonly about: string;
  readonly isSecret?: boolean;
  readonly text: (made: Certificates) => string;
}[] = [
  {
    name: "ca.pem",
    about: "whom both sides trust",
    text: ({ authority }) => authority,
  },
  {
    name: "service.cert",
    about: "the client's certificate",
    text: ({ service }) => service.certificate,
  },
  {
    name: "service.key",
    about: "the client's key",
    isSecret: true,
    text: ({ service }) => service.key,
  },
  {
    name: "broker.pem",
    about: "the broker's key and certificate",
    isSecret: true,
    text: ({ broker }) => broker.key + broker.certificate,
  },
];

const NAMES = FILES.map(({ name }) => name);

async function run(
  { hosts, days, out, force }: Values<typeof settings>,
  { stdout, now }: Effects,
): Promise<void> {
  OutputFolder.check(out, NAMES);
  if (!force) refuseToReplace(out);
  const made = await makeCertificates({ hosts: hostsOf(hosts), days, now: now() });
  using folder = OutputFolder.open(out, NAMES, { mode: 0o700 });
  for (const { name, isSecret, text } of FILES) {
    folder.write(name, text(made), { mode: isSecret ? 0o600 : 0o644 });
  }
  folder.commit();
  const lines = FILES.map(({ name, about }) =>
    `  ${`${printable(out)}/${name}`.padEnd(24)} ${about}\n`
  );
  print(stdout, `Written, good for ${days} days:\n${lines.join("")}`);
}

function refuseToReplace(out: string): void {
  const there = NAMES.filter((name) => exists(`${out}/${name}`));
  if (there.length === 0) return;
  throw new PipelineError(
    "output",
    `There are certificates in ${out}: ${there.join(", ")}`,
    {
      hint: "Keep them, or put new ones in their place with --force",
    },
  );
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
