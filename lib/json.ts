/**
 * JSON that is safe to look at: JSON itself leaves DEL and the C1 controls as they are, and
 * a terminal obeys those.
 */

/** Returns the value as JSON in which each control character is escaped. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
