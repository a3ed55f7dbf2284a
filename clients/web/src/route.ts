// Addresses behind the hash: "#/jobs/3h7mzq0c8k2v/designs/4".

import { useEffect, useState } from "preact/hooks";

const parts = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);

export function useRoute(): string[] {
  const [route, setRoute] = useState(parts);
  useEffect(() => {
    const listener = () => setRoute(parts());
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  }, []);
  return route;
}

export const go = (path: string) => {
  location.hash = path;
};

/** "optimizations/3h7" is "#/jobs/3h7". */
export const jobPath = (name: string) => `#/jobs/${name.split("/")[1] ?? ""}`;
