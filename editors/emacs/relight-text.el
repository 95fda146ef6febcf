;;; relight-text.el --- Output records as text for relight  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Output records have the form of Jupyter's nbformat 4; here they become propertized strings, one
;; for each line.  Knows nothing of buffers and overlays.

;;; Code:

(require 'ansi-color)
(require 'subr-x)

(defgroup relight nil
  "Plain Python files, alive while you edit them."
  :group 'tools
  :prefix "relight-")

(defface relight-result '((t :inherit shadow))
  "Results of blocks.")

(defface relight-stderr '((t :inherit font-lock-warning-face))
  "What a block writes to stderr.")

(defface relight-error '((t :inherit error))
  "Errors of blocks.")

(defface relight-old '((t :inherit shadow :slant italic))
  "What is shown of an older text, and remarks.")

(defface relight-ok '((t :inherit success))
  "The sign of a block that ran.")

(defface relight-warning '((t :inherit warning))
  "The sign of a block that is blocked or held.")

(defun relight-text--overwrite (line)
  "Return LINE as on a terminal, where it may move back to its start."
  (car (last (split-string (string-trim-right line "\r+") "\r"))))

(defun relight-text--colour (text)
  "TEXT with its escape sequences as faces.
`ansi-color-apply' sets `font-lock-face', which counts in buffers only."
  (let ((coloured (ansi-color-apply text)) (at 0))
    (while (< at (length coloured))
      (let ((next (or (next-single-property-change at 'font-lock-face coloured)
                      (length coloured)))
            (face (get-text-property at 'font-lock-face coloured)))
        (when face (put-text-property at next 'face face coloured))
        (setq at next)))
    coloured))

(defun relight-text--lines (text face)
  "The lines of TEXT, with its colours, and FACE where it has none."
  (let ((coloured (relight-text--colour (string-trim-right text "\n"))))
    (mapcar (lambda (line)
              (let ((shown (relight-text--overwrite line)))
                (add-face-text-property 0 (length shown) face t shown)
                shown))
            (split-string coloured "\n"))))

(defun relight-text--image-type (mime)
  "The type that `create-image' has for MIME, or nil."
  (pcase mime
    ("image/png" 'png)
    ("image/jpeg" 'jpeg)
    ("image/gif" 'gif)
    ("image/svg+xml" 'svg)))

(defun relight-text-image (output)
  "The image in the record OUTPUT as (MIME . BYTES), or nil."
  (let ((data (plist-get output :data)) found)
    (while (and data (not found))
      (let ((mime (substring (symbol-name (car data)) 1))
            (value (cadr data)))
        (when (and (relight-text--image-type mime) (stringp value))
          (setq found (cons mime (if (string-suffix-p "xml" mime)
                                     (encode-coding-string value 'utf-8)
                                   (base64-decode-string value)))))
        (setq data (cddr data))))
    found))

(defun relight-text--image-line (image)
  "Return a line with IMAGE, or with its name where there can be no images."
  (let* ((type (relight-text--image-type (car image)))
         (label (format "[%s, %d KB]" (car image) (ceiling (length (cdr image)) 1024.0))))
    (if (and (display-graphic-p) (image-type-available-p type))
        (propertize label 'display (create-image (cdr image) type t :max-width 800))
      (propertize label 'face 'relight-result))))

(defun relight-text--data-lines (output)
  "Lines of the display record OUTPUT."
  (let ((image (relight-text-image output))
        (text (plist-get (plist-get output :data) :text/plain)))
    (cond (image (list (relight-text--image-line image)))
          ((stringp text) (relight-text--lines text 'relight-result))
          (t (list (propertize "[no text]" 'face 'relight-old))))))

(defun relight-text--error-lines (output)
  "Lines of the error record OUTPUT."
  (let ((name (plist-get output :ename))
        (value (plist-get output :evalue)))
    (relight-text--lines (if (string-empty-p (or value "")) name (concat name ": " value))
                         'relight-error)))

(defun relight-text-lines (outputs)
  "All lines of OUTPUTS, a sequence of records."
  (seq-mapcat (lambda (output)
                (pcase (plist-get output :output_type)
                  ("stream" (relight-text--lines
                             (plist-get output :text)
                             (if (equal (plist-get output :name) "stderr")
                                 'relight-stderr
                               'relight-result)))
                  ("error" (relight-text--error-lines output))
                  (_ (relight-text--data-lines output))))
              outputs))

(defun relight-text-append (outputs piece)
  "OUTPUTS with PIECE at the end; pieces of one stream are joined."
  (let ((last (car (last outputs))))
    (if (and last
             (equal (plist-get last :output_type) "stream")
             (equal (plist-get piece :output_type) "stream")
             (equal (plist-get last :name) (plist-get piece :name)))
        (append (butlast outputs)
                (list (plist-put (copy-sequence last) :text
                                 (concat (plist-get last :text) (plist-get piece :text)))))
      (append outputs (list piece)))))

(provide 'relight-text)
;;; relight-text.el ends here
