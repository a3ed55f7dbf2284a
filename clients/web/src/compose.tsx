// Where a design begins: the file, checked as it is written, and the button that
// sends it.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { serverBack, useConnection } from "./connection";
import { example, examples, loadDraft, saveDraft, type Draft } from "./drafts";
import { Editor } from "./editor";
import { ErrorBox } from "./parts";
import { go } from "./route";
import { keepSimulation } from "./simulations";
import type { Flowsheet, TextProblem } from "./types";

const PAUSE_MS = 250;
const FIRST_EXAMPLE = "magnet-optimize.yaml";
const MAX_BYTES = 4 << 20;

// Whether something is left open: then it is optimized, else simulated.
const isOpen = (flowsheet: Flowsheet) =>
  flowsheet.train !== undefined || /"(range|choices)":/.test(JSON.stringify(flowsheet));

interface Checked {
  text: string;
  flowsheet: Flowsheet;
  problems: TextProblem[];
  open: boolean;
}

// Ids of requests: a request sent again after a broken line makes no second job.
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

function useChecked(draft: Draft | null, returns: number): { checked: Checked | null; error: Error | null } {
  const [checked, setChecked] = useState<Checked | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!draft) return;
    const abort = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const { text, name } = draft;
        let answer = await api.parse(text, name, "OPTIMIZE", abort.signal);
        const open = isOpen(answer.flowsheet);
        if (!open) answer = await api.parse(text, name, "SIMULATE", abort.signal);
        setChecked({ text, flowsheet: answer.flowsheet, problems: answer.problems, open });
        setError(null);
      } catch (caught) {
        if (!abort.signal.aborted) setError(caught as Error);
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [draft, returns]);
  return { checked, error };
}

export function Compose() {
  const [draft, setDraft] = useState<Draft | null>(loadDraft);
  const [busy, setBusy] = useState("");
  const [failure, setFailure] = useState<Error | null>(null);
  const [over, setOver] = useState(false);
  const goTo = useRef<(line: number, column: number) => void>(() => undefined);
  const { connected, returns } = useConnection();
  const { checked, error } = useChecked(draft, returns);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const [version, setVersion] = useState(0);
  const write = useCallback((next: Draft) => {
    setDraft(next);
    setFailure(null);
    saveDraft(next);
  }, []);
  const take = useCallback((next: Draft) => {
    write(next);
    setVersion((n) => n + 1);
  }, []);

  useEffect(() => {
    if (!draft) take(example(FIRST_EXAMPLE));
  }, []);

  const open = async (file: File) => {
    if (file.size > MAX_BYTES) {
      setFailure(new Error(`${file.name} has ${file.size} bytes; a flowsheet file has at most 4 MiB`));
      return;
    }
    const text = await file.text();
    if (text.includes("\0")) {
      setFailure(new Error(`${file.name} is no text; a flowsheet file is YAML or JSON`));
      return;
    }
    take({ name: file.name, text });
  };

  const current = checked && draft && checked.text === draft.text ? checked : null;
  const problems = useMemo(() => checked?.problems ?? [], [checked]);
  const ready = current !== null && problems.length === 0;

  const send = async () => {
    if (!current || !ready || busy) return;
    const id = newId();
    setFailure(null);
    while (alive.current) {
      setBusy(current.open ? "Sending…" : "Simulating…");
      try {
        if (current.open) {
          const job = await api.create(current.flowsheet, id);
          go(`/jobs/${job.name.split("/")[1]}`);
        } else {
          const answer = await api.simulate(current.flowsheet);
          go(`/simulation/${keepSimulation(answer.simulation, draft!.name)}`);
        }
        return;
      } catch (caught) {
        if (!(caught instanceof api.Unreachable)) {
          setFailure(caught as Error);
          setBusy("");
          return;
        }
        setBusy("Waiting for the server…");
        await serverBack();
      }
    }
  };

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) void open(file);
  };

  return (
    <section
      class={over ? "compose over" : "compose"}
      aria-labelledby="compose-title"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDropCapture={drop}
    >
      <h1 id="compose-title">New design</h1>
      <p class="hint">
        A number is fixed; a range such as <code>{"{min: 3, max: 12}"}</code> is for the search to
        decide. Drop a file here, open one, or begin with an example.
      </p>
      <div class="toolbar">
        <label class="button">
          Open file…
          <input
            type="file"
            class="visually-hidden"
            accept=".yaml,.yml,.json,.textproto,.txtpb"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void open(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <label>
          <span class="visually-hidden">Example</span>
          <select
            aria-label="Example"
            value=""
            onChange={(event) => {
              const name = event.currentTarget.value;
              event.currentTarget.value = "";
              if (name) take(example(name));
            }}
          >
            <option value="">Example…</option>
            {examples.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span class="file-name">{draft?.name}</span>
        <span class="grow" />
        <button type="button" class="primary" disabled={!ready || busy !== ""} onClick={send}>
          {busy || (current && !current.open ? "Simulate" : "Optimize")}
        </button>
      </div>
      {failure && <ErrorBox error={failure} />}
      {error && connected && <ErrorBox error={error} />}
      {draft && (
        <Editor
          text={draft.text}
          problems={problems}
          version={version}
          onChange={(text) => write({ name: draft.name, text })}
          onReady={(move) => (goTo.current = move)}
        />
      )}
      <div class="problems" role="status" aria-live="polite">
        {!checked ? (
          <p class="hint">{connected ? "Checking…" : "Checked when the server is back."}</p>
        ) : problems.length === 0 ? (
          <p class="good">
            ✓ No problems.{" "}
            {!checked.open
              ? "Everything is a number: this is simulated."
              : checked.flowsheet.train
                ? "The circuits are to be found: this is optimized."
                : "Ranges are open: this is optimized."}
          </p>
        ) : (
          <>
            <p class="bad">
              ✗ {problems.length} problem{problems.length > 1 ? "s" : ""}
            </p>
            <ol>
              {problems.slice(0, 100).map((problem, i) => (
                <li key={i}>
                  <button
                    type="button"
                    class="link"
                    onClick={() => goTo.current(problem.line, problem.column)}
                  >
                    {problem.line > 0 ? `Line ${problem.line}` : "File"}
                  </button>{" "}
                  {problem.path && <code>{problem.path}</code>} {problem.description}
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  );
}
