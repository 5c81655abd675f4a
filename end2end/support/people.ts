// Helpers that invite more users to an organization through the API, and sign users in.

import { randomUUID } from "node:crypto";
import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";

export interface Colleague {
  name: string;
  email: string;
  password: string;
  context: BrowserContext;
  page: Page;
}

/**
 * Invites a user. `admin` is a page where an admin is signed in. The user accepts the invitation in a new browser context, which
 * the test must close.
 */
export async function joinAs(role: "admin" | "member" | "viewer", name: string, admin: Page, browser: Browser): Promise<Colleague> {
  const email = `${randomUUID()}@example.com`;
  const password = `a colleague's password ${randomUUID()}`;
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const response = await admin.request.post("/api/v1/users", { data: { email, name, role }, headers: { origin } });
  expect(response.status(), await response.text()).toBe(201);
  const { invitation_url } = (await response.json()) as { invitation_url: string };
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  await page.goto(invitation_url);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();
  return { name, email, password, context, page };
}

/** Fills in and submits the sign-in form. `page` must show the form. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  const address = page.getByLabel("Email");
  // After a failed sign-in, the field already contains the address. In Firefox, `fill` would append to it.
  if ((await address.inputValue()) !== email) await address.fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
