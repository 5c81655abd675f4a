// The controls of the simulated Salesforce: what a person there would do, and what can go wrong there.

import { expect, type APIRequestContext } from "@playwright/test";

export interface NewOpportunity {
  name: string;
  account_name: string;
  stage: string;
}

export interface NewFile {
  file_name: string;
  /** Either the bytes, or the name of one of the simulator's sample documents. */
  content_base64?: string;
  sample?: string;
  kind?: string;
}

export interface App {
  client_id: string;
  client_secret: string;
  redirect_uris: string[];
  name: string;
}

export class Simulator {
  constructor(
    private readonly request: APIRequestContext,
    readonly url: string,
  ) {}

  async state<State = unknown>(): Promise<State> {
    const answer = await this.request.get(`${this.url}/control/state`);
    expect(answer.ok(), "the simulator tells its state").toBe(true);
    return (await answer.json()) as State;
  }

  async reset(): Promise<void> {
    await this.post("reset", {});
  }

  /** Makes an Opportunity; answers its id. */
  async createOpportunity(opportunity: NewOpportunity): Promise<string> {
    return ((await this.post("opportunities", opportunity)) as { id: string }).id;
  }

  /** Moves an Opportunity to a stage, which fires the trigger when it is the stage that the trigger waits for. */
  async setStage(id: string, stage: string): Promise<void> {
    await this.post(`opportunities/${id}/stage`, { stage });
  }

  async addFile(opportunityId: string, file: NewFile): Promise<unknown> {
    return this.post(`opportunities/${opportunityId}/files`, file);
  }

  /** Where the trigger calls, and with which secret. */
  async setWebhook(url: string, secret: string): Promise<void> {
    await this.post("webhook", { url, secret });
  }

  async addApp(app: App): Promise<void> {
    await this.post("apps", app);
  }

  async addFault(fault: Record<string, unknown>): Promise<void> {
    await this.post("faults", fault);
  }

  async clearFaults(): Promise<void> {
    const answer = await this.request.delete(`${this.url}/control/faults`);
    expect(answer.ok(), "the simulator forgets its faults").toBe(true);
  }

  /** What is the matter with the field that the status is written to. */
  async setStatusField(status_field: "present" | "missing" | "read_only" | "restricted" | "short"): Promise<void> {
    await this.post("fields", { status_field });
  }

  /** As when an administrator of Salesforce withdraws the app's access. */
  async revokeGrants(): Promise<void> {
    await this.post("grants/revoke", {});
  }

  private async post(path: string, data: unknown): Promise<unknown> {
    const answer = await this.request.post(`${this.url}/control/${path}`, { data });
    const body = await answer.text();
    expect(answer.ok(), `POST /control/${path} answered ${answer.status()}: ${body}`).toBe(true);
    return body ? JSON.parse(body) : undefined;
  }
}
