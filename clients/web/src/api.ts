// Calls of the gateway. Errors are ApiError with what the server said, or
// Unreachable when nobody answered.

import { serverGone } from "./connection";
import type {
  ExtractantSystem,
  Flowsheet,
  Optimization,
  Simulation,
  TextProblem,
  WatchMessage,
} from "./types";

export class Unreachable extends Error {}

export interface FieldViolation {
  field: string;
  description: string;
}

interface StatusJson {
  code: number;
  message: string;
  details?: { "@type": string; reason?: string; field_violations?: FieldViolation[] }[];
}

export class ApiError extends Error {
  readonly reason: string = "";
  readonly violations: FieldViolation[] = [];
  constructor(
    readonly code: number,
    readonly status: StatusJson,
  ) {
    super(status.message);
    for (const detail of status.details ?? []) {
      if (detail.reason) this.reason = detail.reason;
      if (detail.field_violations) this.violations = detail.field_violations;
    }
  }
}

async function request(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ?? null,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    serverGone();
    throw new Unreachable("the server does not answer");
  }
  if (response.ok) return response;
  const text = await response.text();
  let status: StatusJson;
  try {
    status = JSON.parse(text) as StatusJson;
  } catch {
    status = { code: 2, message: `HTTP ${response.status}: ${text.slice(0, 200)}` };
  }
  // A proxy before a server that is gone, or a server about to go.
  if (response.status === 502 || response.status === 503) {
    serverGone();
    throw new Unreachable(status.message);
  }
  throw new ApiError(status.code, status);
}

async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  const response = await request(method, path, body, signal);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    serverGone();
    throw new Unreachable("the answer broke off");
  }
}

export type Purpose = "PURPOSE_UNSPECIFIED" | "SIMULATE" | "OPTIMIZE" | "DYNAMIC";

export const parse = (text: string, file: string, purpose: Purpose, signal?: AbortSignal) =>
  json<{ flowsheet: Flowsheet; problems: TextProblem[] }>(
    "POST",
    "/v1/flowsheets:parse",
    { text, file_name: file, purpose },
    signal,
  );

export const format = (flowsheet: Flowsheet) =>
  json<{ text: string }>("POST", "/v1/flowsheets:format", { flowsheet });

export const simulate = (flowsheet: Flowsheet, sensitivities = false) =>
  json<{ simulation: Simulation }>("POST", "/v1/flowsheets:simulate", { flowsheet, sensitivities });

/** With draws of what the flowsheet says is uncertain. */
export const simulateScenarios = (flowsheet: Flowsheet, count: number) =>
  json<{ simulation: Simulation }>("POST", "/v1/flowsheets:simulate", {
    flowsheet,
    scenarios: { count },
  });

export const create = (flowsheet: Flowsheet, requestId: string) =>
  json<Optimization>("POST", "/v1/optimizations", { flowsheet, request_id: requestId });

export const list = (token: string) =>
  json<{ optimizations: Optimization[]; next_page_token: string }>(
    "GET",
    `/v1/optimizations?page_size=100&page_token=${encodeURIComponent(token)}`,
  );

export const get = (name: string) => json<Optimization>("GET", `/v1/${name}`);
export const cancel = (name: string) => json<Optimization>("POST", `/v1/${name}:cancel`, {});
export const remove = (name: string) => json<unknown>("DELETE", `/v1/${name}`);

export interface FlowsheetPage {
  flowsheets: Simulation[];
  next_page_token: string;
  total_size: number;
}

export const figuresPage = (name: string, token: string, signal?: AbortSignal) =>
  json<FlowsheetPage>(
    "GET",
    `/v1/${name}/flowsheets?view=FIGURES&page_size=200&page_token=${encodeURIComponent(token)}`,
    undefined,
    signal,
  );

/** One flowsheet of a set, from 0, with everything. */
export async function design(name: string, index: number): Promise<Simulation> {
  const page = await json<FlowsheetPage>(
    "GET",
    `/v1/${name}/flowsheets?view=FULL&page_size=1&skip=${index}`,
  );
  const found = page.flowsheets[0];
  if (!found) {
    throw new ApiError(5, {
      code: 5,
      message: `${name} has ${page.total_size} designs; there is no number ${index + 1}`,
    });
  }
  return found;
}

export const extractantSystem = (name: string) =>
  json<ExtractantSystem>("GET", `/v1/extractantSystems/${encodeURIComponent(name)}`);

/** Messages of a stream, until it ends. Throws Unreachable where it breaks off. */
export async function* watch(name: string, signal: AbortSignal): AsyncGenerator<WatchMessage> {
  const response = await request("GET", `/v1/${name}:watch`, undefined, signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  // The server sends something every 5 s; a machine that is gone sends nothing.
  const silence = 20_000;
  while (true) {
    let timer = 0;
    let part: ReadableStreamReadResult<string>;
    try {
      part = await Promise.race([
        reader.read(),
        new Promise<never>((_, reject) => {
          timer = window.setTimeout(() => reject(new Error("silence")), silence);
        }),
      ]);
    } catch (error) {
      void reader.cancel().catch(() => undefined);
      if (signal.aborted) throw error;
      serverGone();
      throw new Unreachable("the stream broke off");
    } finally {
      clearTimeout(timer);
    }
    if (part.done) return;
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.trim()) continue;
      const value = JSON.parse(line) as { result?: WatchMessage; error?: StatusJson };
      if (value.error) {
        if (value.error.code === 14) {
          serverGone();
          throw new Unreachable(value.error.message);
        }
        throw new ApiError(value.error.code, value.error);
      }
      if (value.result) yield value.result;
    }
  }
}
