import "./theme/layers.css";
import "./theme/mantine";
import "@fontsource-variable/inter/wght.css";
import "./theme/tokens.css";
import "./theme/base.css";
import { MantineProvider, localStorageColorSchemeManager } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, StrictMode, Suspense, lazy } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query";
import { loadFirstWords, preferredLanguage, restOfWords } from "./i18n";
import { PageLanguageProvider } from "./PageLanguage";
import { createPageRouter } from "./routes";
import { cssVariablesResolver, theme } from "./theme/theme";

const schemes = localStorageColorSchemeManager({ key: "kiem.theme" });

// The gallery is left out of a build: the condition is false there, and the import with it.
const Gallery =
  import.meta.env.DEV && location.pathname === "/gallery" ? lazy(() => import("./gallery/Gallery")) : null;

async function start(): Promise<void> {
  const element = document.getElementById("root");
  if (element === null) throw new Error("index.html has no #root");
  const language = preferredLanguage();
  document.documentElement.lang = language;
  const catalogue = await loadFirstWords(language);
  if (Gallery !== null) await restOfWords();
  const client = createQueryClient();
  const page: ReactNode =
    Gallery === null ? (
      <RouterProvider router={createPageRouter(client)} />
    ) : (
      <Suspense>
        <Gallery />
      </Suspense>
    );
  createRoot(element).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
      >
        <PageLanguageProvider initial={{ language, catalogue }}>
          <QueryClientProvider client={client}>
            <Notifications position="bottom-right" />
            {page}
          </QueryClientProvider>
        </PageLanguageProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
