/**
 * The broker's `server.properties`: one node that is broker and controller, mutual TLS on
 * every port, made for a machine on which it starts, dies and starts again often.
 */

/** What the properties are made of. */
export interface ServerOptions {
  /** Where Kafka keeps its log. */
  readonly log: string;
  /** The folder with `ca.pem` and `broker.pem`. */
  readonly certificates: string;
  readonly port: number;
  /** Where the controller listens, for the broker itself. */
  readonly controllerPort: number;
  /** More ports: by name, with the PEM file of another key and certificate, or plain. */
  readonly extra: readonly (ExtraListener & { readonly port: number })[];
  /** More settings, by Kafka's names. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** One more port beside the main one. */
export interface ExtraListener {
  /** Letters in upper case. */
  readonly name: string;
  /** PEM file of a key and a certificate; absent: this port speaks no TLS. */
  readonly identity?: string;
  /** The port that clients are told, where something stands between: a proxy's. */
  readonly advertisedPort?: number;
}

/** Returns the text of the file. */
export function serverProperties(options: ServerOptions): string {
  const { log, certificates, port, controllerPort, extra, settings = {} } = options;
  const main: ExtraListener & { readonly port: number } = {
    ...{ name: "SSL", port, identity: `${certificates}/broker.pem` },
  };
  const listeners = [
    main,
    ...extra,
    { ...main, name: "CONTROLLER", port: controllerPort },
  ];
  const list = (entries: readonly string[]): string => entries.join(",");
  return format([
    ["process.roles", "broker,controller"],
    ["node.id", "1"],
    ["controller.quorum.voters", `1@127.0.0.1:${controllerPort}`],
    ["controller.listener.names", "CONTROLLER"],
    ["inter.broker.listener.name", main.name],
    [
      "listeners",
      list(listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`)),
    ],
    [
      "advertised.listeners",
      list(
        [main, ...extra].map(({ name, port, advertisedPort = port }) =>
          `${name}://127.0.0.1:${advertisedPort}`
        ),
      ),
    ],
    [
      "listener.security.protocol.map",
      list(
        listeners.map(({ name, identity }) =>
          `${name}:${identity ? "SSL" : "PLAINTEXT"}`
        ),
      ),
    ],
    ...listeners.flatMap(({ name, identity }) => {
      if (identity === undefined) return [];
      const prefix = `listener.name.${name.toLowerCase()}.ssl`;
      return [
        [`${prefix}.client.auth`, "required"],
        [`${prefix}.keystore.type`, "PEM"],
        [`${prefix}.keystore.location`, identity],
        [`${prefix}.truststore.type`, "PEM"],
        [`${prefix}.truststore.location`, `${certificates}/ca.pem`],
      ] as const;
    }),
    // the broker finds its controller at 127.0.0.1 whatever name its certificate has
    ["listener.name.controller.ssl.endpoint.identification.algorithm", ""],
    ["log.dirs", log],
    ...FIXED,
    ...Object.entries(settings),
  ]);
}

/** What is always the same. */
const FIXED: readonly (readonly [string, string])[] = [
  ["auto.create.topics.enable", "false"],
  // one node can hold one copy only
  ["offsets.topic.replication.factor", "1"],
  ["transaction.state.log.replication.factor", "1"],
  ["transaction.state.log.min.isr", "1"],
  ["share.coordinator.state.topic.replication.factor", "1"],
  ["share.coordinator.state.topic.min.isr", "1"],
  // few files, for a fast start
  ["offsets.topic.num.partitions", "1"],
  ["transaction.state.log.num.partitions", "1"],
  ["log.cleaner.dedupe.buffer.size", "1048577"],
  ["num.network.threads", "2"],
  ["num.io.threads", "2"],
  // a first member need not wait for others
  ["group.initial.rebalance.delay.ms", "0"],
  // members may ask for a session of a second, so that tests need not wait six
  ["group.min.session.timeout.ms", "1000"],
  // without these two a restart after kill -9 waits 9 s for the old registration to end
  ["broker.session.timeout.ms", "2000"],
  ["broker.heartbeat.interval.ms", "500"],
];

/** Returns the entries as a `.properties` file, in the ASCII that Java reads it as. */
function format(entries: readonly (readonly [key: string, value: string])[]): string {
  const escaped = (value: string): string =>
    value.replaceAll("\\", "\\\\").replace(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return entries.map(([key, value]) => `${key}=${escaped(value)}\n`).join("");
}
