// Dark or light: what the system prefers unless the reader chose.

import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";
const KEY = "raffinate.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

const stored = (): Theme => {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
};

export function applyTheme() {
  const theme = stored();
  const dark = theme === "dark" || (theme === "system" && prefersDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  listeners.forEach((listener) => listener());
}

export function chooseTheme(theme: Theme) {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

prefersDark.addEventListener("change", applyTheme);

/** The choice and what is shown; drawn again when it changes. */
export function useTheme() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return { chosen: stored(), shown: document.documentElement.dataset.theme ?? "light" };
}

/** A colour of the style sheet, for canvases. */
export const colour = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
export const COLOURS = 8;
export const series = (index: number) => colour(`--series-${index % COLOURS}`);
/** Dashes tell lines apart without colour. */
export const DASHES: number[][] = [[], [8, 4], [2, 3], [8, 3, 2, 3], [12, 4], [4, 4], [1, 4]];
