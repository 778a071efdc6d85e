/**
 * Hides the numbers of small groups before a result is published, so that nobody can learn
 * them by subtraction either.
 *
 * A field of study is small if it has kept students, but fewer than `k`, or if it has fewer
 * than `k` valid ones. Small fields are merged into one group without their names. If the
 * group is too small itself, the next smallest field joins it, so that it always holds two
 * fields at least, and `k` kept students or none: what is left when the fields that are
 * shown are subtracted from the totals is this group, never one of its fields.
 *
 * The ages of a field count the filtered students too. If in any field these are between 1
 * and `k` - 1, the filtered ages are left out of all fields: left out of some only, the total
 * of the funnel would give them away. If all students together are too few, nothing of their
 * ages is shown; the funnel stays: it tells of the school, and of a field only where there is
 * no other. Several inputs become one, since there may be a file for each field.
 *
 * The rule protects fields, not single ages: the youngest and the oldest student of a large
 * field are its minimum and maximum. It protects what is published together: `report.json`,
 * `statistics.csv` (written from the fields of the result that comes back) and the page; two
 * reports on the same students with different thresholds can still be subtracted.
 * `etudiants_transformed.csv` and `rejects.jsonl` hold persons and must not be published at
 * all; they vanish from the outputs, and so do the examples of rejects, and the sizes and
 * digests with which a guess about a single record could be tested.
 */
import { type Ages, allAges, noAges, olderThan } from "../analyse/ages.ts";
import { countStudents, statistics } from "../analyse/statistics.ts";
import { agesOf, sparse } from "./build.ts";
import type { FieldResult, InputResult, Result } from "./result.ts";
import { wordsFor } from "./words/words.ts";

/** The files that may be published. */
const PUBLIC_FILES: readonly string[] = ["statistics.csv"];

/**
 * Returns the result without the numbers of groups of fewer than `k` students; where fields
 * were merged, their group comes last. A result in which as much is hidden already comes
 * back as it is.
 *
 * @param k The smallest group that may be shown, in students; at least 2.
 * @throws {RangeError} If `k` is not a whole number of at least 2.
 */
export function suppressSmallGroups(result: Result, k: number): Result {
  if (!Number.isInteger(k) || k < 2) {
    throw new RangeError(`The smallest group is a whole number of at least 2, not ${k}`);
  }
  if (result.suppressed !== undefined && result.suppressed.min_group_size >= k) {
    return withGroupNamed(result);
  }
  const threshold = result.parameters.older_than;
  const groups = result.fields.map((field) => groupOf([field], threshold));
  const isHidden = result.suppressed?.everything === true ||
    groups.length > 0 && isTooSmall(joined(groups, threshold), k);
  const shown = isHidden ? [] : mergeSmall(groups, threshold, k);
  const isFilteredHidden = result.suppressed?.filtered_ages === true ||
    shown.some(({ kept, valid }) => valid > kept && valid - kept < k);
  return {
    ...result,
    inputs: oneInput(result),
    reject_examples: [],
    overall: isHidden ? statistics(noAges()) : result.overall,
    fields: shown.map((group) => fieldOf(group, result, isFilteredHidden)),
    outputs: result.outputs.filter(({ file }) => PUBLIC_FILES.includes(file)),
    suppressed: {
      min_group_size: k,
      filtered_ages: isFilteredHidden,
      everything: isHidden,
    },
  };
}

/** The merged group, which comes last, is called as the language of the page has it. */
function withGroupNamed(result: Result): Result {
  const group = result.fields.at(-1);
  if (group?.merged === undefined) return result;
  const field = wordsFor(result.parameters.lang).mergedFields(group.merged);
  if (field === group.field) return result;
  return { ...result, fields: [...result.fields.slice(0, -1), { ...group, field }] };
}

/** One field, or several that stand together. */
interface Group {
  readonly fields: readonly FieldResult[];
  /** Of all its valid students. */
  readonly ages: Ages;
  readonly valid: number;
  readonly kept: number;
}

function groupOf(fields: readonly FieldResult[], threshold: number): Group {
  const ages = allAges(new Map(fields.map((field, i) => [String(i), agesOf(field)])));
  return {
    fields,
    ages,
    valid: countStudents(ages),
    kept: countStudents(olderThan(ages, threshold)),
  };
}

function joined(groups: readonly Group[], threshold: number): Group {
  return groupOf(groups.flatMap((group) => group.fields), threshold);
}

/** Where the filtered are hidden already, nobody valid may mean few: that is too small. */
function isTooSmall({ kept, valid }: Group, k: number): boolean {
  return kept > 0 && kept < k || valid < k;
}

/** Returns the groups that may be shown; the merged one, if there is one, comes last. */
function mergeSmall(
  groups: readonly Group[],
  threshold: number,
  k: number,
): readonly Group[] {
  const small = groups.filter((group) => isTooSmall(group, k));
  if (small.length === 0) return groups;
  const rest = groups.filter((group) => !isTooSmall(group, k));
  while (rest.length > 0 && isTooSmall(joined(small, threshold), k)) {
    const next = nextToJoin(rest, joined(small, threshold).kept > 0);
    small.push(...rest.splice(rest.indexOf(next), 1));
  }
  return [...rest, joined(small, threshold)];
}

/** Returns the smallest group; one with kept students where it is those that are missing. */
function nextToJoin(groups: readonly Group[], isKeptMissing: boolean): Group {
  const useful = groups.filter(({ kept }) => kept > 0);
  const candidates = isKeptMissing && useful.length > 0 ? useful : groups;
  const size = (group: Group): number => isKeptMissing ? group.kept : group.valid;
  return candidates.reduce((least, group) => size(group) < size(least) ? group : least);
}

function fieldOf(group: Group, result: Result, isFilteredHidden: boolean): FieldResult {
  const kept = olderThan(group.ages, result.parameters.older_than);
  const shown = isFilteredHidden ? kept : group.ages;
  const ages = sparse(shown);
  const merged = group.fields.reduce((sum, field) => sum + (field.merged ?? 1), 0);
  if (merged === 1) return { ...group.fields[0]!, ages };
  const field = wordsFor(result.parameters.lang).mergedFields(merged);
  return { field, ...statistics(kept), ages, merged };
}

function oneInput({ inputs, funnel }: Result): readonly InputResult[] {
  const [first, ...others] = inputs;
  if (first === undefined) return [];
  if (others.length === 0) return [{ source: first.source, records: first.records }];
  return [{ source: `${inputs.length} files`, records: funnel.read }];
}
