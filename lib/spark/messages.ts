/**
 * The messages of Spark Connect as types, under the names that `connect.proto` gives them.
 */

/** What every request begins with. */
export interface Head {
  /** The client's own id of the session, a UUID. */
  readonly session_id: string;
  readonly user_context: { readonly user_id: string; readonly user_name: string };
  readonly client_type: string;
  /** The server's id of the session: it refuses us where it has started again since. */
  readonly client_observed_server_side_session_id?: string;
}

/** Requests that are answered once: what is added to the head, and the answer. */
export interface Calls {
  readonly AnalyzePlan: readonly [
    request:
      | { readonly spark_version: Empty }
      | { readonly input_files: { readonly plan: Plan } },
    response: {
      readonly server_side_session_id: string;
      readonly spark_version: { readonly version: string };
      readonly input_files: { readonly files: readonly string[] };
    },
  ];
  readonly Config: readonly [
    request: { readonly operation: { readonly set: { readonly pairs: Pair[] } } },
    response: Empty,
  ];
  readonly Interrupt: readonly [
    request: {
      readonly interrupt_type: "INTERRUPT_TYPE_OPERATION_ID";
      readonly operation_id: string;
    },
    response: Empty,
  ];
  readonly FetchErrorDetails: readonly [
    request: { readonly error_id: string },
    response: ErrorDetails,
  ];
  readonly ReleaseSession: readonly [request: object, response: Empty];
}

/** Requests that are answered by a stream of responses. */
export interface Streams {
  readonly ExecutePlan: {
    readonly operation_id: string;
    readonly plan: Plan;
    readonly request_options: readonly [
      { readonly reattach_options: { readonly reattachable: true } },
    ];
  };
  readonly ReattachExecute: {
    readonly operation_id: string;
    /** The last one that has arrived; absent where none has. */
    readonly last_response_id?: string;
  };
}

/** One of the responses to a plan. */
export interface PlanResponse {
  readonly response_id: string;
  /** Rows, as an Arrow IPC stream of its own. */
  readonly arrow_batch?: { readonly data: Uint8Array };
  readonly execution_progress?: ExecutionProgress;
  /** The last response; without it, the stream was cut. */
  readonly result_complete?: Empty;
}

/** How far a plan is. */
export interface ExecutionProgress {
  /** The stages that Spark knows of by now. */
  readonly stages: readonly StageInfo[];
  /** How many tasks executors work on now. */
  readonly num_inflight_tasks: number;
}

/** How far a stage of a job is. */
export interface StageInfo {
  readonly stage_id: number;
  readonly num_tasks: number;
  /** Tasks that have failed and run again count each time: it can be more than there are. */
  readonly num_completed_tasks: number;
  readonly done: boolean;
}

/** What AddArtifacts takes beside the head. */
export interface Artifacts {
  readonly batch: {
    readonly artifacts: readonly {
      readonly name: string;
      readonly data: { readonly data: Uint8Array; readonly crc: number };
    }[];
  };
}

/** What AddArtifacts answers. */
export interface ArtifactsResponse {
  readonly artifacts: readonly {
    readonly name: string;
    readonly is_crc_successful: boolean;
  }[];
}

/** What Spark is asked to do. */
export type Plan = { readonly root: Relation } | { readonly command: Command };

/** Rows. */
export type Relation =
  | { readonly sql: Sql }
  | {
    readonly read: {
      readonly data_source: {
        readonly format: string;
        readonly options: Texts;
        readonly paths: readonly string[];
      };
    };
  }
  | {
    readonly project: {
      readonly input: Relation;
      readonly expressions: readonly {
        readonly expression_string: { readonly expression: string };
      }[];
    };
  };

/** A query or a statement. */
export interface Sql {
  readonly query: string;
  /** What stands for `:name` in the query. */
  readonly named_arguments: Readonly<
    Record<string, { readonly literal: { readonly string: string } }>
  >;
}

/** Something that is done at once. */
export type Command =
  | {
    readonly write_operation: {
      readonly input: Relation;
      readonly source: string;
      readonly path: string;
      readonly mode: "SAVE_MODE_ERROR_IF_EXISTS";
    };
  }
  | { readonly sql_command: { readonly input: Relation } }
  | {
    readonly create_dataframe_view: {
      readonly name: string;
      readonly replace: true;
      readonly input: Relation;
    };
  };

/** Why a request has failed, as Java tells it. */
export interface ErrorDetails {
  /** Which of the errors is the outermost; absent where the server knows nothing more. */
  readonly root_error_idx?: number;
  readonly errors: readonly JavaError[];
}

/** One exception of Java's. */
export interface JavaError {
  /** The names of its class and of all above it. */
  readonly error_type_hierarchy: readonly string[];
  readonly message: string;
  /** Which of the errors caused this one. */
  readonly cause_idx?: number;
}

/** Texts by their names. */
export type Texts = Readonly<Record<string, string>>;

type Empty = Readonly<Record<string, never>>;
type Pair = { readonly key: string; readonly value: string };
