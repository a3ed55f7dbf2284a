#!/usr/bin/env node
// Frame times of the page with a front of 10,000 designs and a profile of 1,000 stages.
//
//   bench/page_frames.mjs [--build FOLDER] [--output FILE]
//
// A server of the build makes one small job; what the page is then given in its place
// is that job's figures drawn out to 10,000 points, and a design's stages repeated to
// 1,000. Chromium draws without a GPU, so that a screen is no slower.

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const POINTS = 10_000;
const STAGES = 1_000;
const MOVES = 120;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const build = path.resolve(option("--build", path.join(root, "build/release")));
process.env.RAFFINATE_PROGRAM ??= path.join(build, "clients/cli/raffinate");
process.env.RAFFINATE_MODULES ??= path.join(build, "clients/web/work/node_modules");
const { launch, openPage, Server, small } = await import("../tests/web/harness.mjs");

/** Times between frames while `act` runs, in ms. */
async function frames(page, act) {
  await page.evaluate(() => {
    window.frameTimes = [];
    let last = performance.now();
    const tick = (now) => {
      window.frameTimes.push(now - last);
      last = now;
      window.frameLoop = requestAnimationFrame(tick);
    };
    window.frameLoop = requestAnimationFrame(tick);
  });
  await act();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.frameLoop);
    return window.frameTimes.slice(1);
  });
  times.sort((a, b) => a - b);
  const at = (share) => Number(times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1));
  return { frames: times.length, median_ms: at(0.5), p95_ms: at(0.95), worst_ms: at(1) };
}

async function sweep(page, box) {
  for (let i = 0; i < MOVES; ++i) {
    const t = i / MOVES;
    await page.mouse.move(box.x + box.width * t, box.y + box.height * (0.5 + 0.45 * Math.sin(9 * t)));
  }
}

const server = new Server();
await server.start();
const browser = await launch();
const out = {
  benchmark: "page_frames",
  date: new Date().toISOString().slice(0, 10),
  processor: cpus()[0].model.trim(),
  hardware_threads: cpus().length,
  load_average: Number(loadavg()[0].toFixed(1)),
  browser: `Chromium ${browser.version()}, software drawing, 1280 x 800`,
  points: POINTS,
  stages: STAGES,
};
try {
  const name = await server.run(small());
  const id = name.split("/")[1];
  const real = (await server.call("GET", `/v1/${name}/flowsheets?view=FULL&page_size=1`)).value;
  const figures = real.flowsheets[0].figures;
  const cloud = Array.from({ length: POINTS }, (_, i) => {
    const t = i / POINTS;
    const wave = 1 + 0.2 * Math.sin(i * 12.9898);
    return {
      figures: {
        ...figures,
        products: figures.products.map((p) => ({ ...p, impurity: 10 ** (-2 - 4 * t) * wave })),
        reagents_kg_per_t_reo: 300 + 1200 * t * t * wave,
        stages: 15 + Math.round(20 * t),
      },
    };
  });
  const stages = Array.from({ length: STAGES }, (_, i) => {
    const stage = real.flowsheets[0].stages[Math.floor((i * real.flowsheets[0].stages.length) / STAGES)];
    return { ...stage, stage: i + 1 };
  });
  const page = await openPage(browser, server);
  await page.route("**/flowsheets?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const value =
      query.get("view") === "FIGURES"
        ? { flowsheets: cloud, next_page_token: "", total_size: POINTS }
        : { flowsheets: [{ ...real.flowsheets[0], stages }], next_page_token: "", total_size: POINTS };
    return route.fulfill({ contentType: "application/json", body: JSON.stringify(value) });
  });
  await page.goto(`${server.url}/#/jobs/${id}`);
  await page.locator(`section[data-designs='${POINTS}']`).waitFor();
  const over = page.locator(".scatter .u-over");
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  out.front_pointing = await frames(page, () => sweep(page, box));
  out.front_brushing = await frames(page, async () => {
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    await sweep(page, box);
    await page.mouse.up();
  });
  out.front_walking_by_keys = await frames(page, async () => {
    await page.locator(".scatter .chart").focus();
    for (let i = 0; i < MOVES; ++i) await page.keyboard.press("ArrowRight");
  });
  await page.goto(`${server.url}/#/jobs/${id}/designs/1`);
  const profile = page.locator("[aria-labelledby=profiles-title] .u-over");
  await profile.waitFor();
  await profile.scrollIntoViewIfNeeded();
  const where = await profile.boundingBox();
  out.profile_pointing = await frames(page, () => sweep(page, where));
  out.profile_scrolling = await frames(page, async () => {
    for (let i = 0; i < MOVES; ++i) await page.mouse.wheel(0, i % 40 < 20 ? 60 : -60);
  });
  if (page.problems.length) throw new Error(page.problems.join("\n"));
} finally {
  await browser.close();
  await server.close();
}
const text = JSON.stringify(out, null, 2) + "\n";
writeFileSync(option("--output", path.join(root, `bench/results/page_frames-cpu-${out.date}.json`)), text);
process.stdout.write(text);
