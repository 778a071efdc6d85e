/**
 * Which runs need the network. `report` reads persons' records and has no use for it unless
 * a cluster does the work, so that its process gives the permission up before anything else
 * of the program, or of any package, is loaded. It cannot come back.
 */

/** Returns whether the command line may use the network that its task has. */
export function needsNetwork(
  [command, ...flags]: readonly string[],
  env: (name: string) => string | undefined,
): boolean {
  if (command !== "report") return true;
  return (env("COHORT_ENGINE") ?? "") !== "" ||
    flags.some((flag) => /^--engine(=|$)/.test(flag));
}
