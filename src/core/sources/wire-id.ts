// The type of a sender's numeric id in a payload. May import nothing.

/**
 * A number, or a string of digits where a double could not hold it (see parse-json-body.ts).
 * `String(id)` is the id in every case.
 */
export type WireId = number | string;
