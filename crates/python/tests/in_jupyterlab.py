"""The widget in a real JupyterLab in Chromium: the page appears, a group is opened, and Python has its ids.

``cargo xtask wheel --notebook`` runs this with the wheel, jupyterlab and selenium in an environment of their own:
``in_jupyterlab.py CHROMIUM CHROMEDRIVER SCREENSHOT``.
"""

import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

CELLS = [
    "import galaxy_grove as gg\ngalaxies = gg.simulate(80, seed=1)\nw = gg.show(galaxies, k=5, height=640)\nw",
    "same = (w.groups == gg.cut(gg.linkage(gg.encode(galaxies)), 5)).all()\nprint('FOUND', same, len(w.selection), w.groups.tolist().count(2))",
]


def notebook(folder: Path) -> None:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in CELLS
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "grove.ipynb").write_text(json.dumps(content))


def wait(what: str, look, seconds: float = 90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except Exception:  # noqa: BLE001, S110 - the page is still being drawn
            pass
        time.sleep(0.2)
    raise TimeoutError(what)


def press(driver, key) -> None:
    webdriver.ActionChains(driver).key_down(key).send_keys(Keys.ENTER).key_up(key).perform()


def look(driver, address: str, screenshot: str) -> str:
    driver.get(address)
    cells = wait("two cells", lambda: [c for c in [driver.find_elements(By.CSS_SELECTOR, ".jp-CodeCell")] if len(c) > 1])[0]
    wait("an idle kernel", lambda: driver.find_element(By.CSS_SELECTOR, ".jp-Notebook-ExecutionIndicator[data-status=idle]"))
    cells[0].find_element(By.CSS_SELECTOR, ".cm-content").click()
    press(driver, Keys.SHIFT)
    frame = wait("the widget", lambda: driver.find_element(By.CSS_SELECTOR, 'iframe[title="Galaxy Grove"]'))
    driver.switch_to.frame(frame)
    stage = "return document.documentElement.dataset.stage === 'ready'"
    wait("the tree", lambda: driver.execute_script(stage))
    driver.find_element(By.CSS_SELECTOR, "[data-group='2'] h3 button").click()
    wait("the branch", lambda: "branch=" in driver.execute_script("return location.hash"))
    time.sleep(1)
    driver.switch_to.default_content()
    cells = driver.find_elements(By.CSS_SELECTOR, ".jp-CodeCell")
    cells[1].find_element(By.CSS_SELECTOR, ".cm-content").click()
    press(driver, Keys.CONTROL)

    def said():
        outputs = driver.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output pre")
        return next((output.text for output in outputs if "FOUND" in output.text), None)

    found = wait("the answer", said)
    driver.save_screenshot(screenshot)
    return found


def main() -> int:
    chromium, chromedriver, screenshot = sys.argv[1:4]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    word = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder:
        notebook(Path(folder))
        command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={port}", f"--ServerApp.root_dir={folder}"]
        lab = subprocess.Popen([*command, f"--IdentityProvider.token={word}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in ("--headless=new", "--no-sandbox", "--disable-background-networking", "--window-size=1500,1250"):
            options.add_argument(argument)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
        try:
            wait("JupyterLab", lambda: socket.create_connection(("127.0.0.1", port), 1))
            found = look(driver, f"http://127.0.0.1:{port}/lab/tree/grove.ipynb?token={word}", screenshot)
        finally:
            driver.quit()
            lab.terminate()
            lab.wait()
    _, same, selected, in_group = found.split()
    print(f"groups as in Python: {same}; {selected} galaxies selected, {in_group} in that group; {screenshot}")
    return int(same != "True" or selected != in_group or selected == "0")


if __name__ == "__main__":
    sys.exit(main())
