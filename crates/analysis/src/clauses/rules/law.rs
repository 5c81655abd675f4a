rules! {
    GoverningLaw (is_fitted: true, threshold: 3.9, cap: 6) {
        gate: r"\blaws?\b";
        heading 2.0: r"\bgoverning|\bapplicable law|\bchoice of law|^[0-9. ]*\blaw\b|\bjurisdiction";
        3.4: r"\bgoverned.{0,100}\blaws?\b";
        2.3: r"\b(construed|interpreted|enforced).{0,70}\b(accordance with|under|pursuant to|by|according to).{0,40}\blaws?\b";
        1.7: r"\blaws? of (the )?(state|commonwealth|province|people|republic|england|united|new york|delaware|california|hong|japan)";
        1.9: r"\b(conflicts? of laws?|choice of laws?)";
        1.1: r"\b(laws of.{0,60}\bshall (govern|apply)|shall be subject to the laws? of)";
        -1.4: r"\b(organized (and|under)|incorporated under|duly (organized|formed)|existing under the laws)";
        1.3: r"\b(interpretation|construction|validity|performance|enforcement).{0,80}\b(govern|laws? of|subject to)";
        1.2: r"\blaws? of the (state|commonwealth|province|republic|people)";
    }
}
