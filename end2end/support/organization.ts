// A fresh organization with its first user, made through the API; each test has its own.

import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext } from "@playwright/test";

export interface Organization {
  id: string;
  name: string;
  user: { id: string; email: string; name: string; role: string };
  email: string;
  password: string;
}

/**
 * Registers an organization. The session cookie stays in the context that sent the request: with a page's own
 * `page.request`, the page is signed in afterwards.
 */
export async function registerOrganization(request: APIRequestContext, name = "Acme Legal"): Promise<Organization> {
  const password = `correct horse ${randomUUID()}`;
  const email = `ada.${randomUUID()}@example.com`;
  const answer = await request.post("/api/v1/auth/register", {
    data: { organization: name, name: "Ada Lovelace", email, password },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const body = (await answer.json()) as { user: Organization["user"]; organization: { id: string; name: string } };
  return { ...body.organization, user: body.user, email, password };
}
