// What is being written, kept in this browser: a closed tab or a gone server loses
// nothing.

export interface Draft {
  name: string;
  text: string;
}

const KEY = "raffinate.draft";

const files = import.meta.glob("../examples/*.yaml", {
  query: "?raw",
  import: "default",
  eager: true,
}) as Record<string, string>;

/** Names of the examples that are built in. */
export const examples = Object.keys(files)
  .map((path) => path.split("/").pop()!)
  .sort();

export const example = (name: string): Draft => ({ name, text: files[`../examples/${name}`]! });

export function loadDraft(): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? "null") as Draft | null;
    return draft && typeof draft.text === "string" ? draft : null;
  } catch {
    return null;
  }
}

export function saveDraft(draft: Draft) {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the text is still on the page.
  }
}
