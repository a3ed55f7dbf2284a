// Every path through the page, in a browser without a screen, against the program.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { launch, openPage, PATIENCE_MS, Server, shot, small, source } from "./harness.mjs";

const server = new Server();
let browser;
let page;
let job;

before(async () => {
  await server.start();
  browser = await launch();
  job = (await server.run(small())).split("/")[1];
});
after(async () => {
  await browser?.close();
  await server.close();
});
beforeEach(async () => {
  page = await openPage(browser, server);
});
afterEach(async () => {
  const problems = page.problems;
  await page.context().close();
  assert.deepEqual(problems, []);
});

// Nothing here may hang for ever; a minute is no measure of speed.
const check = (name, body) => test(name, { timeout: 400_000 }, body);

const open = (hash) => page.goto(`${server.url}/${hash}`);
const text = (value) => page.getByText(value).first().waitFor();
const editor = () => page.locator(".editor .cm-content");

/** Puts a text into the editor by opening it as a file. */
async function choose(name, content) {
  await page.locator("input[type=file]").setInputFiles({
    name,
    mimeType: "application/yaml",
    buffer: Buffer.from(content),
  });
}

/** Waits until the server has designs of a running job that meet the demands. */
async function frontOf(name) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const { value } = await server.call("GET", `/v1/${name}`);
    if (value.progress?.pareto_size > 0) return;
  }
  assert.fail(`${name} found no design`);
}

async function saved(button) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

const fits = async () => {
  const [wide, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  assert.ok(wide <= room, `the page is ${wide} px wide in a window of ${room}`);
};

check("a file is checked as it is written and its problems lead to their lines", async () => {
  await open("#/");
  await text("No problems.");
  await shot(page, "editor-laptop-light");
  await choose("bad.yaml", small().replace("flow: 1 m3/h", "flow: 1 kg"));
  await text("Line 10");
  await text("streams.feed liquor.flow");
  await page.locator(".editor .cm-lint-marker-error").first().waitFor();
  assert.ok(await page.getByRole("button", { name: "Optimize" }).isDisabled());
  await shot(page, "editor-problems-laptop-light");
  // By keyboard from the problem to the place, and mended there.
  await page.getByRole("button", { name: "Line 10" }).first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.type("feed liquor: {flow: 1 m3/h, feed: magnet-ebike}");
  await text("No problems.");
  // Nothing is lost with the page.
  await page.reload();
  await text("No problems.");
  assert.match(await editor().innerText(), /feed liquor: \{flow: 1 m3\/h, feed: magnet-ebike\}/);
});

check("files that are none are refused with their name, and the text stays", async () => {
  await open("#/");
  await text("No problems.");
  await choose("picture.png", "\x89PNG\0\0");
  await text("picture.png is no text");
  assert.match(await editor().innerText(), /magnet/);
  await choose("large.yaml", "a: b # " + "x".repeat((4 << 20) + 1));
  await text("a flowsheet file has at most 4 MiB");
});

check("a dropped file is optimized, watched and ends with a front", async () => {
  await open("#/");
  await text("No problems.");
  const data = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "dropped.yaml"));
    return transfer;
  }, small(4000));
  await page.locator(".compose").dispatchEvent("drop", { dataTransfer: data });
  await text("dropped.yaml");
  await text("No problems.");
  await page.getByRole("button", { name: "Optimize" }).click();
  await page.waitForURL(/#\/jobs\/\w+/);
  await page.locator("section[data-state=SUCCEEDED]").waitFor();
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  await text("all simulations made");
});

check("the front moves while the search runs, and the search can be stopped", async () => {
  const { value } = await server.call("POST", "/v1/flowsheets:parse", { text: small(2_000_000) });
  const made = await server.call("POST", "/v1/optimizations", { flowsheet: value.flowsheet });
  await open(`#/jobs/${made.value.name.split("/")[1]}`);
  const readout = page.locator(".readout");
  await readout.waitFor();
  const hypervolume = () => page.locator("dt:text('Hypervolume') + dd").innerText();
  const first = await hypervolume();
  await page.waitForFunction(
    (old) => {
      const names = [...document.querySelectorAll("dt")];
      const found = names.find((e) => e.textContent === "Hypervolume");
      return found && found.nextElementSibling.textContent !== old;
    },
    first,
    { timeout: PATIENCE_MS },
  );
  await shot(page, "job-running-laptop-light");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("section[data-state=CANCELLED]").waitFor();
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  await open("#/jobs");
  await text("■ cancelled");
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: `Delete ${made.value.name}` }).click();
  await page.getByText("■ cancelled").waitFor({ state: "detached" });
});

check("points are brushed, picked by mouse and by keys, and compared", async () => {
  await open(`#/jobs/${job}`);
  const chart = page.locator(".scatter .chart");
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  const over = page.locator(".scatter .u-over");
  const box = await over.boundingBox();
  const all = await page.getByRole("heading", { name: /^\d+ designs/ }).innerText();
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 5, { steps: 4 });
  await page.mouse.up();
  const brushed = await page.getByRole("heading", { name: /brushed designs/ }).innerText();
  const count = Number.parseInt(brushed, 10);
  assert.ok(count > 0 && count < Number.parseInt(all, 10), `${brushed} of ${all}`);
  const part = await saved("CSV of the brushed");
  assert.equal(part.text.trim().split("\r\n").length, count + 1);
  await shot(page, "job-brushed-laptop-light");
  await page.getByRole("button", { name: /End brush/ }).click();

  // By keys: the ends of the front.
  await chart.focus();
  for (const key of ["Home", "Enter", "End", "Enter"]) await page.keyboard.press(key);
  assert.equal(await page.locator("input[type=checkbox]:checked").count() <= 2, true);
  assert.equal(await page.locator(".chip").count(), 2);
  // By mouse: the third, where the table says it is.
  await page.getByRole("checkbox", { name: "Pick design 5" }).check();
  assert.equal(await page.locator(".chip").count() >= 2, true);
  await shot(page, "job-picked-laptop-light");
  await page.getByRole("button", { name: "Compare" }).click();
  await text("Their figures");
  const head = await page.locator("thead").first().innerText();
  assert.match(head, /Design \d+\s+Design \d+/);
  await page.getByRole("rowheader", { name: /Purity light/ }).waitFor();
  await shot(page, "compare-laptop-light");
  await fits();
});

check("other figures can be the axes", async () => {
  await open(`#/jobs/${job}`);
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  await page.locator(".axis-choice select").nth(0).selectOption({ label: "Stages" });
  await page.locator(".axis-choice select").nth(1).selectOption({ label: "Purity heavy, %" });
  await page.locator(".chart[aria-label*='Stages against Purity heavy']").waitFor();
  assert.ok(await page.locator(".scatter canvas").count());
});

check("a design shows figures, drawing, profiles, balance, sensitivities and provenance", async () => {
  await open(`#/jobs/${job}/designs/1`);
  await text("Stage profiles");
  await page.locator("svg[aria-label*='extraction with']").waitFor();
  await page.locator(".drawing tspan", { hasText: "feed liquor" }).waitFor();
  await text("Effluent");
  await page.getByRole("region", { name: "Reagents" }).getByText("NaOH").waitFor();
  await page.getByText("Streams as a table").click();
  await page.getByRole("region", { name: /Streams; metals/ }).getByText("raffinate").waitFor();
  await page.getByLabel("Show").selectOption("pH");
  await page.locator("[aria-label^='pH over']").waitFor();
  await page.getByText("As a table", { exact: true }).click();
  await page.getByRole("region", { name: /Aqueous and organic molarity/ }).waitFor();
  await page.getByRole("button", { name: "Compute sensitivities" }).click();
  await text("% per %");
  await page.getByRole("region", { name: /strongest first/ }).waitFor();
  await page.getByRole("region", { name: "Constants of the elements" }).getByText("measured").first().waitFor();
  await shot(page, "design-laptop-light", true);
  await page.getByRole("link", { name: "Design 2 →" }).click();
  await text("design 2");
});

check("what is downloaded is whole: a file that reads back, tables, a report", async () => {
  await open(`#/jobs/${job}/designs/1`);
  await text("Provenance");
  await page.locator(".uplot canvas").waitFor();
  const file = await saved("Flowsheet file");
  assert.match(file.name, /\.yaml$/);
  const read = await server.call("POST", "/v1/flowsheets:parse", {
    text: file.text,
    purpose: "SIMULATE",
  });
  assert.deepEqual(read.value.problems, []);
  const again = await server.call("POST", "/v1/flowsheets:simulate", {
    flowsheet: read.value.flowsheet,
  });
  const kept = await server.call(
    "GET",
    `/v1/optimizations/${job}/flowsheets?page_size=1&view=FULL`,
  );
  assert.deepEqual(again.value.simulation.figures, kept.value.flowsheets[0].figures);
  const stages = await saved("CSV of the stages");
  assert.equal(
    stages.text.trim().split("\r\n").length,
    kept.value.flowsheets[0].stages.length + 1,
  );
  const report = await saved("Report");
  assert.match(report.name, /\.html$/);
  assert.doesNotMatch(report.text, /<script|(src|href)="(?!data:)/);
  const stored = path.join(server.folder, "report.html");
  writeFileSync(stored, report.text);
  // As a file of its own, which it is.
  await page.goto(`file://${stored}`);
  await text("Stage profiles");
  assert.ok(await page.locator("img[src^='data:image/png']").count());
  // What was folded on the page is in the report.
  await page.getByRole("region", { name: /^Streams; metals/ }).waitFor();
  for (const fold of await page.locator("details").all()) {
    assert.ok((await fold.locator("td").count()) > 0, await fold.innerText());
  }
  await page.goto("about:blank");
  await open(`#/jobs/${job}`);
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  const csv = await saved("CSV of all");
  const lines = csv.text.trim().split("\r\n");
  const purity = lines[0].split(",").indexOf("purity light");
  // 1 less the impurity, which differs from the purity by rounding.
  const written = Number(lines[1].split(",")[purity]);
  const simulated = kept.value.flowsheets[0].figures.products[0].purity;
  assert.ok(Math.abs(written - simulated) < 1e-15, `${written} for ${simulated}`);
});

check("a flowsheet of numbers is simulated", async () => {
  await open("#/");
  await page.getByLabel("Example").selectOption("magnet-linked-simulate.yaml");
  await text("this is simulated");
  await page.getByRole("button", { name: "Simulate" }).click();
  await text("Stage profiles");
  assert.equal(await page.locator("[aria-labelledby=profiles-title] select").count(), 2);
  // Streams between circuits say where they come from and go to.
  await page.locator(".drawing tspan", { hasText: "from heavy" }).first().waitFor();
  await page.locator(".drawing tspan", { hasText: "to heavy" }).first().waitFor();
  // How figures of the whole follow the numbers of any circuit.
  await page.getByRole("button", { name: "Compute sensitivities" }).click();
  await text("didymium › organic › flow");
  // Beside the least of the fully linked train; Xu's design is of one circuit.
  await page.getByRole("region", { name: "This design and the least" }).getByText("×").first().waitFor();
  await text("No design of Xu: several circuits");
  assert.equal(await page.getByText("If things differ").count(), 0);
  await shot(page, "simulation-linked-laptop-light", true);
  await fits();
});

check("what is not known exactly is drawn, and how often the demands are met is shown", async () => {
  const flowsheet = source("magnet-simulate.yaml")
    .replace("feed liquor: {flow: 1 m3/h,", "feed liquor: {flow: {value: 1 m3/h, relative_sd: 2 %},")
    .replace("scrub acid: {flow: 0.062 m3/h,", "scrub acid: {flow: {uniform: [0.06 m3/h, 0.064 m3/h]},");
  await open("#/");
  await choose("uncertain.yaml", flowsheet);
  await text("this is simulated");
  await page.getByRole("button", { name: "Simulate" }).click();
  await text("Numbers of this flowsheet are not known exactly");
  await page.getByLabel("Draws").selectOption("200");
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await text("200 draws of everything");
  // What the page writes is what the server answers to the same question.
  const { value } = await server.call("POST", "/v1/flowsheets:parse", { text: flowsheet });
  const asked = await server.call("POST", "/v1/flowsheets:simulate", {
    flowsheet: value.flowsheet,
    scenarios: { count: 200 },
  });
  const { robustness } = asked.value.simulation;
  assert.ok(robustness.met > 0 && robustness.met < 200, `met in ${robustness.met}`);
  const demands = page.getByRole("region", { name: /^Demands and the share/ });
  const rows = await demands.locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, robustness.demands.length + 1);
  assert.match(rows.at(-1), new RegExp(`All at once\\s+${(robustness.met / 2).toFixed(2)}$`));
  await page.getByRole("region", { name: /^Figures over the draws/ }).getByText("Purity heavy").waitFor();
  await page.getByRole("region", { name: /^How far one number/ }).getByText("feed liquor › flow").waitFor();
  await page.locator("[aria-labelledby=robustness-title]").scrollIntoViewIfNeeded();
  await shot(page, "simulation-uncertain-laptop-light", true);
  await fits();
});

check("a file without circuits, which the search finds, is optimized", async () => {
  await open("#/");
  await choose(
    "train.yaml",
    `name: Train
streams:
  liquor: {flow: 1 m3/h, feed: magnet-ebike}
train:
  {feed: liquor, system: P507-HCl, concentration: 1.5 mol/L, naoh: 4 mol/L,
   scrub_hcl: 4 mol/L, strip_hcl: 5 mol/L}
products:
  light: {elements: [La, Ce], purity: ">= 99 %", recovery: ">= 99 %"}
  didymium: {elements: [Pr, Nd], purity: ">= 99.5 %", recovery: ">= 99 %"}
  heavy: {elements: [Sm, Gd, Dy], purity: ">= 99 %", recovery: ">= 98 %"}
`,
  );
  await text("The circuits are to be found: this is optimized.");
  assert.ok(await page.getByRole("button", { name: "Optimize" }).isEnabled());
});

check("a server that is gone is said, waited for, and the watch goes on", async () => {
  const { value } = await server.call("POST", "/v1/flowsheets:parse", { text: small(1_000_000_000) });
  const made = await server.call("POST", "/v1/optimizations", { flowsheet: value.flowsheet });
  await open(`#/jobs/${made.value.name.split("/")[1]}`);
  await page.locator("section[data-state=RUNNING]").waitFor();
  await server.stop();
  await text("The server does not answer.");
  await shot(page, "server-gone-laptop-light");
  await server.start();
  await page.getByText("The server does not answer.").waitFor({ state: "detached" });
  // It may have been killed before its first checkpoint: then the search begins again.
  await frontOf(made.value.name);
  await server.call("POST", `/v1/${made.value.name}:cancel`, {});
  await page.locator("section[data-state=CANCELLED]").waitFor();
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
});

check("what is sent while the server is gone is sent once when it is back", async () => {
  await open("#/");
  await choose("kept.yaml", small().replace("name: Magnet", "name: Kept magnet"));
  await page.locator(".file-name", { hasText: "kept.yaml" }).waitFor();
  await page.locator("button.primary:not([disabled])").waitFor();
  await server.stop();
  await page.getByRole("button", { name: "Optimize" }).click();
  await text("The server does not answer.");
  await text("Waiting for the server…");
  assert.match(await editor().innerText(), /Kept magnet/);
  await server.start();
  await page.waitForURL(/#\/jobs\/\w+/);
  await page.locator("section[data-state=SUCCEEDED]").waitFor();
  const { value } = await server.call("GET", "/v1/optimizations");
  const names = await Promise.all(
    value.optimizations.map(async (o) => (await server.call("GET", `/v1/${o.name}`)).value.flowsheet.name),
  );
  assert.equal(names.filter((n) => n.startsWith("Kept magnet")).length, 1);
});

check("errors of the server are shown where they arise", async () => {
  await open("#/jobs/nothere0000000");
  await text("nothere0000000");
  await page.locator(".error-box").waitFor();
  await open(`#/jobs/${job}/designs/9999`);
  await text("there is no number 9999");
});

check("phone and dark: everything fits and can be reached by keys", async () => {
  await page.context().close();
  page = await openPage(browser, server, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    colorScheme: "dark",
  });
  await open("#/");
  await text("No problems.");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await fits();
  await shot(page, "editor-phone-dark");
  await open("#/jobs");
  await page.locator(".job").first().waitFor();
  await fits();
  await shot(page, "jobs-phone-dark");
  await open(`#/jobs/${job}`);
  await page.locator(".scatter canvas").waitFor();
  await page.locator("section[data-designs]:not([data-designs='0'])").waitFor();
  await fits();
  await shot(page, "job-phone-dark", true);
  await open(`#/jobs/${job}/designs/1`);
  await text("Provenance");
  await fits();
  await shot(page, "design-phone-dark", true);
  await page.getByLabel("Colours").selectOption("light");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  // From the start of the page by Tab: the first stop leads past the header.
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the content");
});
