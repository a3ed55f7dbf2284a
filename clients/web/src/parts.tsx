// Small pieces that several views use.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "./api";
import { className } from "./figures";

/** An error with every problem at its place; one alone is in the message. */
export function ErrorBox({ error }: { error: Error }) {
  const violations = error instanceof ApiError ? error.violations : [];
  return (
    <div class="error-box" role="alert">
      <p>{error.message}</p>
      {violations.length > 1 && (
        <ul>
          {violations.map((v, i) => (
            <li key={i}>
              {v.field && <code>{v.field}</code>} {v.description}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A table that scrolls by itself where the page is narrow. */
export function Table(props: {
  caption: string;
  head: string[];
  rows: ComponentChildren[][];
  /** Columns that hold words; the others hold numbers. */
  words?: number[];
  hideCaption?: boolean;
}) {
  const words = new Set(props.words ?? [0]);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={props.caption}>
      <table>
        <caption class={props.hideCaption ? "visually-hidden" : ""}>{props.caption}</caption>
        <thead>
          <tr>
            {props.head.map((text, i) => (
              <th key={i} scope="col" class={words.has(i) ? "word" : ""}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) =>
                j === 0 ? (
                  <th key={j} scope="row" class={words.has(j) ? "word" : ""}>
                    {cell}
                  </th>
                ) : (
                  <td key={j} class={words.has(j) ? "word" : ""}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A part that is made only when it is opened. */
export function Fold(props: { title: string; open?: boolean; children: () => ComponentChildren }) {
  const [open, setOpen] = useState(props.open ?? false);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.title}</summary>
      {open && props.children()}
    </details>
  );
}

/** The class of evidence, by mark and word. */
export function Evidence({ of }: { of: string }) {
  const { mark, word, rank } = className(of);
  return (
    <span class={`evidence rank-${rank}`}>
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  );
}

const STATES: Record<string, string> = {
  QUEUED: "◷ queued",
  RUNNING: "▶ running",
  SUCCEEDED: "✓ succeeded",
  CANCELLED: "■ cancelled",
  FAILED: "✗ failed",
};

export const State = ({ of }: { of: string }) => (
  <span class={`state ${of.toLowerCase()}`}>{STATES[of] ?? of.toLowerCase()}</span>
);

export const ended = (state: string) => ["SUCCEEDED", "CANCELLED", "FAILED"].includes(state);
