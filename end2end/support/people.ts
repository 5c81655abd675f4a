// More people of an organization: invited through the API, signed in through the page of their invitation.

import { randomUUID } from "node:crypto";
import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";

export interface Colleague {
  name: string;
  email: string;
  password: string;
  context: BrowserContext;
  page: Page;
}

/** Invites a person as the admin who is signed in on `admin`, and accepts in a browser of its own. The test closes `context`. */
export async function joinAs(role: "admin" | "member" | "viewer", name: string, admin: Page, browser: Browser): Promise<Colleague> {
  const email = `${randomUUID()}@example.com`;
  const password = `a colleague's password ${randomUUID()}`;
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const answer = await admin.request.post("/api/v1/users", { data: { email, name, role }, headers: { origin } });
  expect(answer.status(), await answer.text()).toBe(201);
  const { invitation_url } = (await answer.json()) as { invitation_url: string };
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  await page.goto(invitation_url);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();
  return { name, email, password, context, page };
}

/** Fills in the page of the sign-in and sends it. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  const address = page.getByLabel("Email");
  // After a refusal it is filled in already. A person leaves it so, and in Firefox `fill` would type behind it.
  if ((await address.inputValue()) !== email) await address.fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
