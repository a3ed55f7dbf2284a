// Axes of charts: whatever the values, uPlot finds ticks and the chart is drawn.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { installed, launch, modules, root } from "./harness.mjs";

const { build } = installed("esbuild");

// Draws a chart from `low` to `high` and returns the limits and the ticks of its axis.
const CHART = `
import uPlot from "uplot";
import { axis, range } from "./plot";
globalThis.chart = (low: number, high: number, log: boolean) => {
  const host = document.body.appendChild(document.createElement("div"));
  const limits = range([low, high], log);
  const plot = new uPlot(
    {
      width: 600, height: 300,
      scales: { x: { time: false }, y: { distr: log ? 3 : 1, range: limits } },
      axes: [axis("x", false, false, 2, "x"), axis("y", log, log, 3, "y")],
      series: [{}, {}],
    },
    [[1, 2], [low, high]],
    host,
  );
  return new Promise((done) => queueMicrotask(() => {
    const ticks = plot.axes[1]._splits.filter((v) => v !== null);
    plot.destroy();
    host.remove();
    done({ limits, ticks });
  }));
};
`;

test("every range of values has an axis", { timeout: 400_000 }, async () => {
  const bundle = await build({
    stdin: { contents: CHART, resolveDir: path.join(root, "clients/web/src"), loader: "ts" },
    bundle: true,
    write: false,
    nodePaths: [modules],
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.route("**/*", (route) => route.fulfill({ body: "<!doctype html>", contentType: "text/html" }));
    await page.goto("http://axis.test/");
    await page.addScriptTag({ content: bundle.outputFiles[0].text });
    // Lower ends over all mantissas of several decades, from one value alone to many decades.
    for (const log of [true, false]) {
      for (const decades of [0, 1e-13, 0.01, 2.5]) {
        const cases = [];
        for (let at = -12; at < 4; at += 0.0123) cases.push([10 ** at, 10 ** (at + decades), log]);
        // All in one call: a call of the browser takes longer than a chart.
        const drawn = await page.evaluate(async (all) => {
          const charts = [];
          for (const one of all) charts.push(await chart(...one));
          return charts;
        }, cases);
        assert.deepEqual(problems, [], `${decades} decades, ${log ? "log" : "linear"}`);
        cases.forEach(([low, high], at) => {
          const { limits, ticks } = drawn[at];
          const where = `${low} to ${high}, ${log ? "log" : "linear"}: ${limits}, ${ticks}`;
          assert.ok(limits[0] < low && high < limits[1], where);
          assert.ok(ticks.length > 0 && ticks.length < 200, where);
        });
      }
    }
  } finally {
    await browser.close();
  }
});
