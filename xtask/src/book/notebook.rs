//! A tutorial as a Jupyter notebook: its text and its Python code, cell by cell.

use anyhow::Result;
use serde_json::{Value, json};

/// The notebook of a tutorial in Markdown.
pub fn of(text: &str) -> Result<String> {
    let mut cells: Vec<Value> = Vec::new();
    let mut push = |code: bool, lines: &mut Vec<&str>| {
        let source = lines.join("\n");
        lines.clear();
        if source.trim().is_empty() {
            return;
        }
        let id = format!("cell-{}", cells.len());
        let source = source.trim_matches('\n');
        cells.push(if code {
            json!({"cell_type": "code", "id": id, "metadata": {}, "execution_count": null, "outputs": [], "source": source})
        } else {
            json!({"cell_type": "markdown", "id": id, "metadata": {}, "source": source})
        });
    };
    let (mut lines, mut in_code) = (Vec::new(), false);
    for line in text.lines() {
        match (in_code, line) {
            (false, "```python") => {
                push(false, &mut lines);
                in_code = true;
            }
            (true, "```") => {
                push(true, &mut lines);
                in_code = false;
            }
            _ => lines.push(line),
        }
    }
    push(in_code, &mut lines);
    let kernel = json!({"display_name": "Python 3", "language": "python", "name": "python3"});
    let notebook = json!({
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    Ok(serde_json::to_string_pretty(&notebook)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_code_become_cells() {
        let made = of("# T\n\nwords\n\n```python\na = 1\n\nb = 2\n```\n\nmore\n\n```sh\nls\n```\n").unwrap();
        let read: Value = serde_json::from_str(&made).unwrap();
        let cells = read["cells"].as_array().unwrap();
        let kinds: Vec<&str> = cells
            .iter()
            .map(|cell| cell["cell_type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["markdown", "code", "markdown"]);
        assert_eq!(cells[0]["source"], "# T\n\nwords");
        assert_eq!(cells[1]["source"], "a = 1\n\nb = 2");
        assert_eq!(cells[2]["source"], "more\n\n```sh\nls\n```");
    }
}
