//! A link as it is on a page, before it is judged.

/// A link as it is on a page.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct RawLink {
    /// The address as written.
    pub(in super::super) href: String,
    pub(in super::super) text: String,
    /// `alt` of an area or of the images inside, and names of drawings inside.
    pub(in super::super) alt: String,
    pub(in super::super) title: String,
    /// Its label for screen readers, and those of elements inside.
    pub(in super::super) aria_label: String,
    /// Ids of the elements that are its label.
    pub(super) labelled_by: String,
    /// File names of images inside, without ending, and names of symbols inside.
    pub(in super::super) image: String,
    /// The words before it in its line, or in the previous line if it begins a line.
    pub(in super::super) before: String,
    /// True for a link inside a footer.
    pub(in super::super) in_footer: bool,
    /// True for a link among the last words of the page.
    pub(in super::super) near_end: bool,
    /// Letters in its line that belong to no link.
    pub(in super::super) letters_around: usize,
    /// True for a link in the data of a script.
    pub(super) in_script: bool,
    /// Index of its line.
    pub(super) line: usize,
    /// Letters on the page before it.
    pub(super) letters_before: usize,
}
