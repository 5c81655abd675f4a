//! RTF destinations: control words that determine how the text of a group is used.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    #[default]
    Text,
    /// The text of the group and of all nested groups is ignored.
    Skipped,
    /// The text of the group is ignored, but nested groups may contain visible text, such as the text of a shape.
    Container,
    FontTable,
    ColorTable,
    ObjectClass,
    /// Name of a property of a shape.
    PropertyName,
    /// Value of a property of a shape.
    PropertyValue,
    /// Properties of a row in a nested table.
    NestedRow,
}

/// Effect of a control word on its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Become(Destination),
    /// The group contains visible text, even inside a [`Destination::Container`].
    Content,
    /// The group contains the number or bullet of a list item.
    Label,
    TextBox,
    Footnote,
    Header,
    Footer,
    Comment,
}

/// Returns the effect of a destination, or `None` for any other control word.
pub fn entry(word: &str) -> Option<Entry> {
    Some(match word {
        "fonttbl" => Entry::Become(Destination::FontTable),
        "colortbl" => Entry::Become(Destination::ColorTable),
        "objclass" => Entry::Become(Destination::ObjectClass),
        "nesttableprops" => Entry::Become(Destination::NestedRow),
        "shp" | "shpinst" | "shpgrp" | "do" | "object" | "upr" | "mmath" | "moMath" | "moMathPara" => {
            Entry::Become(Destination::Container)
        }
        "result" | "ud" | "mr" => Entry::Content,
        "listtext" | "pntext" => Entry::Label,
        "shptxt" | "dptxbxtext" => Entry::TextBox,
        "footnote" => Entry::Footnote,
        "header" | "headerl" | "headerr" | "headerf" => Entry::Header,
        "footer" | "footerl" | "footerr" | "footerf" => Entry::Footer,
        "annotation" => Entry::Comment,
        // The groups `shprslt` and `nonesttables` repeat text for old RTF readers.
        "stylesheet" | "info" | "pict" | "nonshppict" | "objdata" | "objname" | "fldinst" | "datafield" | "shprslt"
        | "nonesttables" | "xe" | "tc" | "rxe" | "txe" | "pntxta" | "pntxtb" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep"
        | "aftnsepc" | "aftncn" | "template" | "private" | "keycode" | "listtable" | "listoverridetable" | "revtbl"
        | "filetbl" | "mmathPict" => Entry::Become(Destination::Skipped),
        _ => return None,
    })
}
