trigger LexiContractOpportunity on Opportunity (after insert, after update) {
    LexiContractOpportunityHandler.changed(Trigger.new, Trigger.oldMap);
}
