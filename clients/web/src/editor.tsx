// The text of a flowsheet with its problems marked. CodeMirror lives in a shadow
// root: there it brings its styles as constructed sheets, which the content
// security policy allows.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";
import type { TextProblem } from "./types";

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", color: "var(--text)", background: "var(--surface)" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", lineHeight: "1.5" },
  ".cm-gutters": {
    background: "var(--surface-2)",
    color: "var(--muted)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-activeLine": { background: "var(--active-line)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "-3px" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    background: "var(--selection) !important",
  },
  ".cm-tooltip": {
    background: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    maxWidth: "min(560px, 90vw)",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--error) 2px",
    textUnderlineOffset: "3px",
  },
});

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  ]),
);

function toDiagnostic(state: EditorState, problem: TextProblem): Diagnostic {
  const line = state.doc.line(Math.max(1, Math.min(problem.line || 1, state.doc.lines)));
  const indent = /^\s*/.exec(line.text)![0].length;
  const from = Math.min(
    line.to,
    problem.column > 0 ? line.from + problem.column - 1 : line.from + indent,
  );
  return {
    from,
    to: problem.line > 0 ? Math.max(from, line.to) : from,
    severity: "error",
    message: (problem.path ? `${problem.path}: ` : "") + problem.description,
  };
}

export function Editor(props: {
  text: string;
  /** Another number: the text comes from elsewhere and replaces what is written. */
  version: number;
  problems: TextProblem[];
  onChange: (text: string) => void;
  /** Called with a function that puts the cursor somewhere. */
  onReady: (goTo: (line: number, column: number) => void) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          yaml(),
          lintGutter(),
          colours,
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            "aria-label": "Flowsheet file. Escape and then Tab leaves the editor.",
            spellcheck: "false",
            autocapitalize: "off",
          }),
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    latest.current.onReady((line, column) => {
      const at = made.state.doc.line(Math.max(1, Math.min(line || 1, made.state.doc.lines)));
      const place = Math.min(at.to, at.from + Math.max(0, column - 1));
      made.dispatch({ selection: { anchor: place }, scrollIntoView: true });
      made.focus();
    });
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const made = view.current!;
    if (made.state.doc.toString() === props.text) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: props.text } });
    // Not at every text: what comes back while one types is older than what is written.
  }, [props.version]);

  useEffect(() => {
    const made = view.current!;
    const found = props.problems.map((problem) => toDiagnostic(made.state, problem));
    made.dispatch(setDiagnostics(made.state, found));
  }, [props.problems]);

  return <div ref={host} class="editor" />;
}
