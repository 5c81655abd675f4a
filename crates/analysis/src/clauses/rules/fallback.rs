//! Rules for short clauses, which are common in European contracts. Most other rules are fitted to CUAD, which contains American
//! contracts.

rules! {
    GoverningLaw (is_fitted: false, threshold: 4.0, cap: 3) {
        gate: r"\blaws?\b";
        heading 1.0: r"\b(governing|applicable law|choice of law)";
        4.0: r"\b(governed|construed|interpreted|determined|regulated)( \w+){0,5} (by|under|with|to) (the )?(laws? (of|in force in)|[a-z]+ (\w+ )?law\b)";
        4.0: r"\b(agreement|contract|deed|lease|terms|relationship)\b.{0,60}\bsubject (only |exclusively |solely )?to (the )?(laws? of|[a-z]+ (\w+ )?law\b)";
        4.0: r"\blaws? of .{3,60}\b(appl(y|ies)|governs?|controls?|(shall|will) (apply|govern|control))(( to)? (this|the|all|any)\b|[.,]|$)";
        4.0: r"^[a-z]+ (\w+ )?law (shall |will |exclusively )?(appl(y|ies)|governs?)|\b(governing|applicable) law( of \w+ \w+)? ?(:|is\b|shall be\b)";
        2.0: r"\b[a-z]+(ish|ian|man|can|ese|tch|nch|iss) (\w+ )?law\b";
        2.0: r"\b(agreement|contract|disputes?|terms)\b.{0,80}\blaws? of (the )?[a-z]|\blaw applicable to (this|the)\b";
        -4.0: r"\b(company|corporation|gmbh|inc|ltd|partnership|entity)\b.{0,40}\bunder\b|\bapplicable laws\b|\b(with|under|by|to|of|all|any) applicable law\b|\b(any|all|such|other|export|securities|antitrust|competition|tax|privacy|protection|bankruptcy|corporate|trade|labou?r|employment) laws?\b|\b(required|permitted|provided|prohibited|prescribed|allowed) (by|under)\b|\b(compl(y|ies|iance)|violat\w+|organi[sz]ed|incorporated|formed|existing)\b";
    }

    ExpirationDate (is_fitted: false, threshold: 4.0, cap: 3) {
        gate: r"\b(term|duration|period|ends?|expires?|terminates?|lapses?|valid|runs?|lasts?|continues?|remains?|indefinite|unlimited)\b";
        heading 1.0: r"\b(term|duration)\b";
        4.0: r"\b(agreement|contract|lease|deed|term|it) (shall |will )?(automatically |and )?(ends?|expires?|terminates?|lapses?) (\w+ ){0,2}(on|at the end of|as of) (the )?(\d{1,2}\W|\d{4}|january|february|march|april|may|june|july|august|september|october|november|december|\w+ anniversary)";
        4.0: r"\b(agreement|contract|lease|deed)\b.{0,60}\b(valid|runs?|in force|in effect|effective|continues?|lasts?|remains?|ends|expires) (\w+ ){0,3}(until|through|till|for|on) .{0,30}(\b(19|20)\d\d\b|\byears?\b|\bmonths?\b)";
        4.0: r"\b(agreement|contract|lease|deed) (shall |will )?(ends?|expires?|terminates?) ((on )?\d|.{0,30}\b(years?|months?) (after|from)\b)|\b(agreement|contract|lease) (has|is for) a (\w+ )?(term|duration|period) of\b|\b(contract|agreement) (term|duration|period) (is|of|shall be)\b";
        3.0: r"\b(agreement|contract|lease) (shall |will )?(ends?|expires?|terminates?) (automatically )?(when|upon|with|after|as soon)\b";
        4.0: r"\bterm( of (this|the) (\w+ ){0,2}(agreement|contract|lease))? (is|shall be|will be|lasts|runs) (\w+ ){0,2}.{0,20}\b(years?|months?)\b";
        4.0: r"\b(agreement|contract|lease)\b.{0,60}\b(indefinite|unlimited) (period|term|duration|time)|^(contract |initial )?(term|duration)( of \w+ \w+)? ?: ?\S";
        -4.0: r"\b(if|breach|invoices?|warrant\w*|confiden\w*|surviv\w*|notice|notify|patents?|options?|employ\w*|lists?|schedule|prior|other)\b";
    }

    Assignment (is_fitted: false, threshold: 5.0, cap: 3) {
        gate: r"\b(assign|transfer|non-?assign|unassign)";
        heading 1.0: r"\b(assign|transfer)";
        2.0: r"\b(this|the) (agreement|contract|lease)\b|\b(its|their|the|any) (rights?|obligations|claims|interests?)\b";
        3.0: r"\b(neither|no|either|each|any) party (may|shall|can|must|will)\b.{0,40}\b(assign|transfer)|\b(may not|shall not|must not|cannot|not be|is not|are not)\b.{0,40}\b(assign|transfer)|\bmay (\w+ ){0,3}(assign|transfer) (this|its|the|their)\b|\b(non-?|un)(assign|transfer)able|\bmay (only )?be (assigned|transferred)\b|\bnot entitled to (assign|transfer)\b";
        3.0: r"\b(assignment|transfer) of (this|the|any|its) (agreement|contract|lease|rights?|claims)\b.{0,60}\b(consent|permitted|void|approval|excluded)";
        -2.5: r"\b(title|risk|ownership|employees?|personnel|data|funds|money|shares|stock|patents?|inventions?|copyrights?|technology|products?|know-how|securities|property)\b";
    }

    LiabilityCap (is_fitted: false, threshold: 5.0, cap: 3) {
        gate: r"\b(liab(le|ility)|damages|responsible)\b";
        heading 1.0: r"\b(limitation|limit of|liabilit)";
        3.0: r"\bliab(le|ility)\b.{0,120}\b(exceed|limited (\w+ )?to|capped|restricted to|up to|more than|maximum|greater than)\b|\b(maximum|total|aggregate|limit of|cap on) (\w+ )?liability\b|\blimits? (its|their|the) liability\b|\bdamages\b.{0,30}\b(limited to|up to|exceed)\b|\bresponsible for more than\b";
        2.0: r"\$ ?\d|€|£|\b(eur|usd|gbp|chf|euros?|dollars|pounds|francs)\b|\d ?%|\bpercent\b|\b(fees|charges|prices?|amounts?|value|remuneration)\b";
        3.0: r"\bliability\b.{0,100}\b(is|are|be) (hereby )?excluded\b|\bexcludes? (\w+ ){0,3}liability\b";
        2.5: r"\b(is|are) not liable\b|\b(accepts?|assumes?) no liability\b";
        -3.0: r"\bliquidated|\binsur|\blimited liability (company|partnership)|\bnot limited to|\bindemnif|\bper occurrence|\bunlimited\b|\btax liabilit|\bprofessional liability";
    }

    Confidentiality (is_fitted: false, threshold: 3.5, cap: 3) {
        gate: r"\b(confiden|secret|secrecy|disclos|pass(ed)? on)";
        heading 1.0: r"\b(confiden|non-?disclosure|secrecy)";
        3.5: r"\b(keeps?|maintains?|treats?|holds?|preserves?|observes?|protects?)\b.{0,80}\b(confidential|secrets?|secrecy|confidence|confidentiality)\b";
        3.5: r"\b(neither|no) party (may|shall|will) disclose|\b(shall|may|must|will) not pass on .{0,60}\bthird part";
        2.0: r"\b(is|are|remains?|be|kept) (\w+ )?confidential\b";
        2.0: r"\b(confidentiality|secrecy|non-?disclosure) (\w+ )?(obligations?|duty|duties|agreement|apply|applies)\b|\b(bound|obliged|subject|agree|committed) (to|by) (\w+ )?(confidentiality|secrecy)\b";
        -3.0: r"\bexhibit|\bredacted|\bomitted|\bconfidential treatment|\bsecurities and exchange";
    }
}
