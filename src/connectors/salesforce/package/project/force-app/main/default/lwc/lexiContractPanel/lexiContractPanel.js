import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import progress from '@salesforce/apex/LexiContractPanelController.progress';
import read from '@salesforce/apex/LexiContractPanelController.read';
import send from '@salesforce/apex/LexiContractPanelController.send';
import { isKnown, steps } from './steps';

const UNKNOWN_PROBLEM = 'LexiContract could not be reached. Try again; if it stays, ask your Salesforce administrator.';
const SWITCHED_OFF =
    'LexiContract is switched off. Your Salesforce administrator can switch it on: Setup > Custom Metadata Types > LexiContract Setting > Manage Records.';
const SEVERITIES = { high: 'High', medium: 'Medium', low: 'Low' };

/**
 * Panel that shows the contract status of an Opportunity and what happened to it in LexiContract, and a button that sends the
 * Opportunity to legal.
 */
export default class LexiContractPanel extends LightningElement {
    /** Id of the Opportunity whose record page shows the panel. */
    @api recordId;

    message = '';
    problem = '';
    progressProblem = '';
    isLoading = false;
    isSending = false;
    progress;
    wired;
    /** Opportunity whose progress was requested last. */
    requestedId;

    /** Receives the state of the Opportunity. Keeps the wired value, which `refreshApex` requires. */
    @wire(read, { opportunityId: '$recordId' })
    receive(wired) {
        this.wired = wired;
        this.problem = wired.error ? sentence(wired.error) : '';
        if (this.isActive && this.requestedId !== this.recordId) {
            this.progress = undefined;
            this.loadProgress();
        }
    }

    get state() {
        return this.wired?.data;
    }

    get isActive() {
        return this.state?.isActive === true;
    }

    get switchedOff() {
        return this.state && !this.isActive ? SWITCHED_OFF : '';
    }

    get status() {
        return this.state.status ?? 'No contract yet';
    }

    get link() {
        return this.progress?.contract?.url ?? this.state.link;
    }

    get steps() {
        return steps(this.progress);
    }

    get fileTitle() {
        const { name, version } = this.progress.file;
        return `${name} (version ${version})`;
    }

    get isAnalysed() {
        return this.progress.analysis?.status === 'completed';
    }

    get risks() {
        const risks = this.progress.analysis.risks ?? [];
        return risks.map(({ severity, title }, key) => ({ key, text: `${SEVERITIES[severity] ?? severity}: ${title}` }));
    }

    get hasRisks() {
        return this.risks.length > 0;
    }

    get sendLabel() {
        return isKnown(this.progress) ? 'Send again' : 'Send to legal';
    }

    get isSendDisabled() {
        return this.isSending || !this.isActive;
    }

    get isRefreshDisabled() {
        return this.isLoading || !this.state;
    }

    async handleRefresh() {
        this.message = '';
        await this.reload();
    }

    async handleSend() {
        this.isSending = true;
        this.message = '';
        this.problem = '';
        try {
            this.message = await send({ opportunityId: this.recordId });
        } catch (error) {
            this.problem = sentence(error);
        } finally {
            this.isSending = false;
        }
        await this.reload();
    }

    async reload() {
        await refreshApex(this.wired);
        if (this.isActive) {
            await this.loadProgress();
        }
    }

    /** Loads the progress. Ignores the response if the page shows another Opportunity by then. */
    async loadProgress() {
        const opportunityId = this.recordId;
        this.requestedId = opportunityId;
        this.isLoading = true;
        try {
            const loaded = await progress({ opportunityId });
            this.show(opportunityId, loaded, '');
        } catch (error) {
            this.show(opportunityId, this.progress, sentence(error));
        }
    }

    show(opportunityId, loaded, problem) {
        if (opportunityId === this.recordId) {
            this.isLoading = false;
            this.progress = loaded;
            this.progressProblem = problem;
        }
    }
}

/** Returns the user message of a failed Apex call. */
function sentence(error) {
    return error?.body?.message ?? UNKNOWN_PROBLEM;
}
