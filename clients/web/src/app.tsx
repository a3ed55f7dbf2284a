// The frame: where one is, whether the server is there, what is shown.

import { useEffect, useState } from "preact/hooks";
import { Compose } from "./compose";
import { tryNow, useConnection } from "./connection";
import { SimulationView } from "./design";
import { Job } from "./job";
import { Jobs } from "./jobs";
import { useRoute } from "./route";
import { chooseTheme, useTheme, type Theme } from "./theme";

function Banner() {
  const { connected, nextTry } = useConnection();
  const [, tick] = useState(0);
  useEffect(() => {
    if (connected) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [connected]);
  if (connected) return null;
  const left = Math.max(0, Math.ceil((nextTry - Date.now()) / 1000));
  return (
    <div class="banner" role="alert">
      <span>
        <strong>The server does not answer.</strong> What you wrote is kept in this browser; jobs go
        on when the server is back.
      </span>
      <span aria-live="off">{left > 0 ? `Next try in ${left} s` : "Trying…"}</span>
      <button type="button" onClick={tryNow}>
        Try now
      </button>
    </div>
  );
}

function View({ route }: { route: string[] }) {
  const [first, second, ...rest] = route;
  if (first === "jobs" && second) return <Job key={second} id={second} rest={rest} />;
  if (first === "jobs") return <Jobs />;
  if (first === "simulation" && second) return <SimulationView id={second} />;
  return <Compose />;
}

export function App() {
  const route = useRoute();
  const { chosen } = useTheme();
  const inJobs = route[0] === "jobs";
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        // The hash is the address of the view.
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}>
        To the content
      </a>
      <header>
        <a class="brand" href="#/">
          Raffinate
        </a>
        <nav aria-label="Views">
          <a href="#/" aria-current={inJobs ? undefined : "page"}>
            New design
          </a>
          <a href="#/jobs" aria-current={inJobs ? "page" : undefined}>
            Jobs
          </a>
        </nav>
        <span class="grow" />
        <label>
          <span class="visually-hidden">Colours</span>
          <select
            aria-label="Colours"
            value={chosen}
            onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
          >
            <option value="system">System</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
      </header>
      <Banner />
      <main id="main" tabIndex={-1}>
        <View route={route} />
      </main>
      <footer class="hint">
        The same as an API: <a href="openapi.json">openapi.json</a>
      </footer>
    </>
  );
}
