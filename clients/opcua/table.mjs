// Columns of text.

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
  const width = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] ?? "").length)));
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, i) => cell.padEnd(width[i]))
      .join("  ")
      .trimEnd();
  return [line(head), "-".repeat(width.reduce((sum, each) => sum + each + 2, -2)), ...rows.map(line)].join("\n");
}

/** @param {number | undefined} value */
export const number = (value) => (value === undefined ? "-" : Number(value.toPrecision(5)).toString());
