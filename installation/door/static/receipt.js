// A receipt as a text file, made on the phone itself.
const button = document.getElementById("save-receipt");
button.hidden = false;
button.addEventListener("click", () => {
  const text = document.getElementById("receipt").innerText;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = "UGly-Net.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
