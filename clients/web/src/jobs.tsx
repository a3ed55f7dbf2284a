// All jobs of the server, newest first.

import { useCallback, useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { useConnection } from "./connection";
import { ended, ErrorBox, State } from "./parts";
import { jobPath } from "./route";
import type { Optimization } from "./types";

const AGAIN_MS = 3000;

const time = (text: string | undefined) =>
  text ? new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : "";

// Names of the flowsheets, which the list leaves out; a job's never changes.
const titles = new Map<string, string>();

export function Jobs() {
  const [jobs, setJobs] = useState<Optimization[] | null>(null);
  const [next, setNext] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const [, named] = useState(0);
  const { connected, returns } = useConnection();

  const load = useCallback(async () => {
    try {
      const page = await api.list("");
      setJobs(page.optimizations);
      setNext(page.next_page_token);
      setError(null);
      for (const job of page.optimizations.slice(0, 30)) {
        if (titles.has(job.name)) continue;
        titles.set(job.name, "");
        void api
          .get(job.name)
          .then((whole) => {
            titles.set(job.name, whole.flowsheet?.name ?? "");
            named((n) => n + 1);
          })
          .catch(() => titles.delete(job.name));
      }
    } catch (caught) {
      if (!(caught instanceof api.Unreachable)) setError(caught as Error);
    }
  }, []);

  useEffect(() => void load(), [returns]);
  const busy = jobs?.some((job) => !ended(job.state)) ?? false;
  useEffect(() => {
    if (!busy || !connected) return;
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [busy, connected]);

  const act = async (what: Promise<unknown>) => {
    try {
      await what;
      await load();
    } catch (caught) {
      setError(caught as Error);
    }
  };
  const more = async () => {
    try {
      const page = await api.list(next);
      setJobs((known) => [...(known ?? []), ...page.optimizations]);
      setNext(page.next_page_token);
    } catch (caught) {
      setError(caught as Error);
    }
  };

  return (
    <section aria-labelledby="jobs-title">
      <h1 id="jobs-title">Jobs</h1>
      {error && <ErrorBox error={error} />}
      {jobs === null ? (
        <p class="hint">{connected ? "Loading…" : "Shown when the server is back."}</p>
      ) : jobs.length === 0 ? (
        <p class="empty">
          No job yet. <a href="#/">Write a flowsheet</a> and optimize it: its search appears here and
          goes on when this page is closed.
        </p>
      ) : (
        <ul class="cards">
          {jobs.map((job) => (
            <li key={job.name} class="card job">
              <div>
                <a href={jobPath(job.name)}>
                  {titles.get(job.name) || job.name.replace("optimizations/", "")}
                </a>
                <p class="hint">
                  {time(job.create_time)} · {job.name.replace("optimizations/", "")}
                </p>
              </div>
              <State of={job.state} />
              <span class="hint">
                {Number(job.progress?.evaluations ?? 0).toLocaleString()} simulations,{" "}
                {job.flowsheet_count || job.progress?.pareto_size || 0} designs
              </span>
              <span class="actions">
                {ended(job.state) ? (
                  <button
                    type="button"
                    aria-label={`Delete ${job.name}`}
                    onClick={() => {
                      if (confirm("Delete this job and its designs?")) void act(api.remove(job.name));
                    }}
                  >
                    Delete
                  </button>
                ) : (
                  <button
                    type="button"
                    aria-label={`Stop ${job.name}`}
                    onClick={() => void act(api.cancel(job.name))}
                  >
                    Stop
                  </button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {next && (
        <button type="button" onClick={() => void more()}>
          Earlier jobs
        </button>
      )}
    </section>
  );
}
