"""Code colours with a contrast of at least 4.5:1, on the page and on emphasised lines."""
from pygments.style import Style
from pygments.token import Comment, Error, Generic, Keyword, Literal, Name, Number, Operator, Punctuation, String, Token


def styles(text, comment, keyword, type_, function, string, number, macro, good, bad):
    return {
        Token: text, Name: text, Operator: text, Punctuation: text, Generic.Output: text,
        Comment: f"italic {comment}", Comment.Preproc: f"noitalic {macro}", Comment.PreprocFile: f"noitalic {string}",
        Keyword: f"bold {keyword}", Keyword.Type: f"nobold {type_}", Operator.Word: keyword,
        Name.Function: function, Name.Builtin: type_, Name.Label: keyword, Name.Attribute: function, Name.Tag: keyword,
        String: string, Number: number, Literal: number, Error: bad,
        Generic.Prompt: f"bold {comment}", Generic.Inserted: good, Generic.Deleted: bad, Generic.Error: bad,
        Generic.Heading: "bold", Generic.Subheading: "bold", Generic.Emph: "italic", Generic.Strong: "bold",
    }


class Light(Style):
    background_color = "#f6f8fa"
    highlight_color = "#fff3bf"
    styles = styles("#1f2328", "#57606a", "#8a1c5b", "#6b3fa0", "#0a4fa3", "#0b5d2e", "#0a4fa3", "#7a3e00",
                    "#116329", "#a40e26")


class Dark(Style):
    background_color = "#161b22"
    highlight_color = "#3a3418"
    styles = styles("#e6edf3", "#a3adb8", "#ff9bce", "#d2a8ff", "#8cc4ff", "#8ddb8c", "#8cc4ff", "#ffb77c",
                    "#8ddb8c", "#ffa198")
