trigger LexiContractOpportunity on Opportunity(before insert, before update, after insert, after update) {
    LexiContractOpportunityHandler.run(Trigger.operationType, Trigger.new, Trigger.oldMap);
}
