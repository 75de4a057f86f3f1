"""Su Chang Card (苏畅卡): determination, decision, credential, verification and redemption in one program."""
