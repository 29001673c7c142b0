//! What components are lowered to.

use super::check;

#[test]
fn steps_are_a_numbered_list() {
    check(
        "<Steps>\n  <Step title=\"A\">\n    b\n\n    ```js\n    c\n    ```\n  </Step>\n  <Step title=\"D\">\n    - e\n  </Step>\n</Steps>\n\nf",
        "1. **A**\n\n   b\n\n   ```js\n   c\n   ```\n\n2. **D**\n\n   - e\n\nf",
    );
}

#[test]
fn a_step_alone_has_its_title() {
    check("<Step title=\"A\">\nb\n</Step>", "**A**\n\nb");
}

#[test]
fn tabs_are_sections_below_the_heading_above() {
    check(
        "## A\n\n<Tabs>\n<Tab title=\"B\">\nc\n</Tab>\n<Tab title=\"D\">\n<Tabs>\n<Tab title=\"E\">\nf\n</Tab>\n</Tabs>\n</Tab>\n</Tabs>\n\n### G",
        "## A\n\n### B\n\nc\n\n### D\n\n#### E\n\nf\n\n### G",
    );
}

#[test]
fn no_heading_is_deeper_than_six() {
    check("###### A\n\n<Tabs>\n<Tab title=\"B\">\nc\n</Tab>\n</Tabs>", "###### A\n\n###### B\n\nc");
}

#[test]
fn tabs_in_a_list_have_titles() {
    check("- a\n\n  <Tabs>\n  <Tab title=\"B\">\n  c\n  </Tab>\n  </Tabs>", "- a\n\n  **B**\n\n  c");
}

#[test]
fn accordions_have_titles() {
    check(
        "<AccordionGroup>\n<Accordion title=\"A\" description=\"b\">\nc\n</Accordion>\n<Expandable title=\"D\">\ne\n</Expandable>\n</AccordionGroup>",
        "**A**\n\nb\n\nc\n\n**D**\n\ne",
    );
}

#[test]
fn cards_are_a_list_of_links() {
    check(
        "<CardGroup cols={2}>\n<Card title=\"A\" icon=\"x\" href=\"/a/b/\">\nb\n</Card>\n<Card title=\"C\">d</Card>\n\n\
         <Tile title=\"E\" href=\"https://e.example\" description=\"f\" />\n<Card href=\"/a/b/\">\n- g\n</Card>\n</CardGroup>\n\nh",
        "- [A](/a/b.md): b\n- **C**: d\n- [E](https://e.example): f\n- [/a/b/](/a/b.md)\n\n  - g\n\nh",
    );
}

#[test]
fn fields_are_defined_in_a_list() {
    check(
        "<ParamField path=\"a\" type=\"string\" required default=\"x\">\nb\n</ParamField>\n<ResponseField name=\"c\" type=\"object\">\nd\n\n\
         <Expandable title=\"properties\">\n<ResponseField name=\"e\" deprecated={true}>\nf\n</ResponseField>\n</Expandable>\n</ResponseField>",
        "- `a` (string, in the path, required, default `x`): b\n- `c` (object): d\n\n  **properties**\n\n  - `e` (deprecated): f",
    );
}

#[test]
fn callouts_are_alerts() {
    check("<Note>a</Note>\n\n<Tip>\nb\n</Tip>", "> [!NOTE]\n> a\n\n> [!TIP]\n> b");
    check("<Danger title=\"A\">\nb\n\n- c\n</Danger>", "> [!CAUTION]\n> **A**\n>\n> b\n>\n> - c");
    check(
        "<Warning>\n```\na\n```\n</Warning>\n<Check></Check>\n<Info>b</Info>",
        "> [!WARNING]\n> ```\n> a\n> ```\n\n> [!NOTE]\n> b",
    );
}

#[test]
fn a_callout_in_a_list_belongs_to_its_item() {
    check("1. a\n   <Note>\n   b\n   </Note>\n2. c", "1. a\n   > [!NOTE]\n   > b\n2. c");
}

#[test]
fn words_of_a_line_keep_what_they_say() {
    check(
        "a <Tooltip tip=\"b\" headline=\"H\">c</Tooltip> <Badge color=\"red\">d</Badge> <Icon icon=\"x\" />e",
        "a c (H: b) d e",
    );
}

#[test]
fn an_update_is_a_section() {
    check(
        "<Update label=\"v1\" description=\"May\" tags={[\"a\", \"b\"]}>\nc\n</Update>",
        "## v1 (May)\n\na, b\n\nc",
    );
}

#[test]
fn a_tree_is_a_list() {
    check(
        "<Tree>\n<Tree.Folder name=\"a\" defaultOpen>\n<Tree.File name=\"b_c\" />\n<Tree.Folder name=\"d\">\n</Tree.Folder>\n</Tree.Folder>\n<Tree.File name=\"e\" />\n</Tree>",
        "- a/\n  - b_c\n  - d/\n- e",
    );
}

#[test]
fn a_diagram_is_a_fence() {
    check("<Mermaid>\n```mermaid\ngraph\n```\n</Mermaid>", "```mermaid\ngraph\n```");
    check("<Mermaid chart=\"a --> b\" />", "```mermaid\na --> b\n```");
}

#[test]
fn a_prompt_is_a_quote() {
    check("<Prompt description=\"A\">\nb\n\nc\n</Prompt>", "**A**\n\n> b\n>\n> c");
}

#[test]
fn what_is_for_humans_is_left_out() {
    check(
        "<Visibility for=\"humans\">\na\n\n<Note>b</Note>\n</Visibility>\n<Visibility for=\"agents\">\nc\n</Visibility>",
        "c",
    );
}

#[test]
fn what_only_arranges_is_left_out() {
    check(
        "<Frame caption=\"A\">\n![b](/i.png)\n</Frame>\n\n<Columns>\n<Column>\nc\n</Column>\n</Columns>\n\n<CodeGroup>\n```js D\ne\n```\n```js F\ng\n```\n</CodeGroup>",
        "![b](/i.png)\n\nA\n\nc\n\n```js title=\"D\"\ne\n```\n\n```js title=\"F\"\ng\n```",
    );
}

#[test]
fn a_component_in_a_cell_is_its_words() {
    check("| a |\n|---|\n| <Tooltip tip=\"b\">c</Tooltip> <Note>d</Note> |", "| a |\n| --- |\n| c (b) d |");
}

#[test]
fn titles_are_lines_of_markdown() {
    check("<Card title=\"Set `a_b`\" href=\"/a/b/\">c</Card>", "- [Set `a_b`](/a/b.md): c");
    check("<Accordion title=\"*a* 1. b_c\">\nd\n</Accordion>", "**_a_ 1. b_c**\n\nd");
}

#[test]
fn a_tip_can_lead_on() {
    check("a <Tooltip tip=\"b\" cta=\"C\" href=\"/a/b/\">d</Tooltip>.", "a d (b [C](/a/b.md)).");
}

#[test]
fn colours_are_a_list() {
    check(
        "<Color variant=\"table\">\n<Color.Row title=\"A\">\n<Color.Item name=\"b\" value=\"#fff\" />\n\
         <Color.Item value={{ light: \"#eee\", dark: \"#111\" }} />\n</Color.Row>\n</Color>",
        "**A**\n\n- b: #fff\n- light #eee, dark #111",
    );
}

#[test]
fn what_is_hidden_is_left_out() {
    check("<ParamField query=\"a\" hidden>\nb\n</ParamField>\n\nc", "c");
}

#[test]
fn a_formula_stays_as_it_is_written() {
    check("a <Latex>x_1 \\frac{a}{b}</Latex> b", "a `x_1 \\frac{a}{b}` b");
}

#[test]
fn a_repository_is_a_link() {
    check("<GitHub.Repo repo=\"a/b\">c</GitHub.Repo>", "- [a/b](https://github.com/a/b): c");
}

#[test]
fn a_callout_has_the_nearest_kind() {
    check("<Callout type=\"danger\">a</Callout>", "> [!CAUTION]\n> a");
    check("<Banner content=\"a **b**\" />\n\nc", "a **b**\n\nc");
}
